"""DRAWER: one file per format of the auditor's reports, `FORMAT`, a `Format`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from vedette.audit.finding import Severity
from vedette.audit.report import Report
from vedette.kinds import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The contract of a format.

    `write` makes the whole text; what comes from the audited code is made harmless for whatever
    reads the format. `least` is the lowest severity that is told.
    """

    name: str
    help: str
    write: Callable[[Report, Severity], str]
    least: Severity = Severity.ROUTINE


@cache
def formats() -> dict[str, Format]:
    """Every format by its name."""
    found: list[Format] = [module.FORMAT for module in discover(__name__)]
    return {one.name: one for one in found}
