"""Why something was told to be down: the run or the check that decided, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from vedette.own_events import OUTAGES
from vedette.web.findings import excerpt_of, pairs
from vedette.web.pages.issue.payload import Payload, mapping, text
from vedette.web.wording import milliseconds

_TIMES = ("slot", "started")
_SHOWN_APART = ("run", "trace", "release", "note", "phases", *_TIMES)
_MOST_PHASES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageView:
    """The block. `excerpt` is what came back, or what the run said."""

    monitor_id: int
    name: str
    target: str
    said: str
    reason: str
    environment: str
    is_job: bool
    since: datetime | None
    expected: datetime | None
    started: datetime | None
    run: str
    phases: list[tuple[str, str]]
    found: list[tuple[str, str]]
    excerpt: str


def make_outage(payload: Payload) -> OutageView | None:
    """The block of an outage; None for all else."""
    if payload.get("type") not in OUTAGES:
        return None
    held = mapping(payload.get("occurrence"))
    monitor, found = mapping(held.get("monitor")), mapping(held.get("found"))
    number = monitor.get("id")
    rest = {name: value for name, value in found.items() if name not in _SHOWN_APART}
    return OutageView(
        monitor_id=number if isinstance(number, int) else 0,
        name=text(monitor.get("name")),
        target=text(monitor.get("target")),
        said=text(held.get("subtitle")),
        reason=text(held.get("reason")),
        environment=text(held.get("environment")),
        is_job=payload.get("type") == OUTAGES[0],
        since=_moment(held.get("since")),
        expected=_moment(found.get("slot")),
        started=_moment(found.get("started")),
        run=text(found.get("run")),
        phases=_phases(mapping(found.get("phases"))),
        found=pairs(rest),
        excerpt=text(found.get("note")) or excerpt_of(found),
    )


def _phases(held: Payload) -> list[tuple[str, str]]:
    return [
        (str(name).replace("_", " "), milliseconds(float(ms)))
        for name, ms in list(held.items())[:_MOST_PHASES]
        if isinstance(ms, int | float)
    ]


def _moment(seconds: object) -> datetime | None:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds < 1e11:  # type: ignore[operator]
        return None
    return datetime.fromtimestamp(float(seconds), UTC)  # type: ignore[arg-type]
