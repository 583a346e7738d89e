"""Checks as the page of a monitor shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from vedette.monitors.looking_back import CheckRow
from vedette.web.findings import excerpt_of, pairs, tone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A check of a table, or the one that shows why a monitor failed."""

    check: CheckRow
    at: datetime
    tone: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    excerpt: str = ""


def shown(check: CheckRow) -> Shown:
    """For a page."""
    return Shown(
        check=check,
        at=datetime.fromtimestamp(check.due, UTC),
        tone=tone_of(check.outcome),
        facts=pairs(check.evidence),
        excerpt=excerpt_of(check.evidence),
    )
