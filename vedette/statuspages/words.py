"""How states, shares and moments are called on a page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from vedette.statuspages.states import Condition
from vedette.uptime.changes import State
from vedette.uptime.intervals import Share

CONDITIONS: Final = {
    Condition.OPERATIONAL: "Operational",
    Condition.UNDER_MAINTENANCE: "Under maintenance",
    Condition.DEGRADED: "Degraded performance",
    Condition.PARTIAL_OUTAGE: "Partial outage",
    Condition.MAJOR_OUTAGE: "Major outage",
    Condition.UNKNOWN: "Unknown",
}
STATUSES: Final = {
    "investigating": "Investigating",
    "identified": "Identified",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
    "scheduled": "Scheduled",
    "in_progress": "In progress",
    "verifying": "Verifying",
    "completed": "Completed",
}
OF_INCIDENTS: Final = ("investigating", "identified", "monitoring", "resolved")
OF_MAINTENANCE: Final = ("scheduled", "in_progress", "verifying", "completed")
IMPACTS: Final = {
    "none": "No impact",
    "minor": "Minor impact",
    "major": "Major impact",
    "critical": "Critical impact",
}
TEMPLATES: Final = {
    "investigating": "We are looking into it and will say more as soon as we know more.",
    "identified": "We know the cause and are working on a fix.",
    "monitoring": "A fix is in place. We are watching whether it holds.",
    "resolved": "It is resolved. Thank you for your patience.",
    "scheduled": "We will do this work in the time given above.",
    "in_progress": "The work has begun. We will say when it is done.",
    "verifying": "The work is done. We are checking that all is well.",
    "completed": "The work is done.",
}


def percent(share: float | None) -> str:
    """With two places, never rounded up: 100 % is said of what was never down."""
    if share is None:
        return "no data"
    if share >= 1:
        return "100 %"
    return f"{math.floor(share * 10_000) / 100:.2f} %"


def moment(at: datetime, zone: str) -> str:
    """Day and time by the page's clock."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M} {local.tzname() or zone}"


def day(at: datetime, zone: str) -> str:
    """The day by the page's clock."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


def lasting(seconds: float) -> str:
    """How long, in the two largest units."""
    minutes = max(round(seconds / 60), 1 if seconds > 0 else 0)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    said = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(said[:2]) or "0 min"


def milliseconds(value: float) -> str:
    """A response time."""
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def tone_of(share: Share) -> str:
    """The colour of a day: its worst, told apart from what does not count."""
    seconds: Mapping[State, float] = share.seconds
    if seconds.get(State.DOWN):
        return "down" if (share.uptime or 0.0) < 0.98 else "partial"
    if seconds.get(State.DEGRADED):
        return "degraded"
    if share.counted:
        return "up"
    return "maintenance" if seconds.get(State.MAINTENANCE) else _without(seconds)


def _without(seconds: Mapping[State, float]) -> str:
    return "unknown" if seconds.get(State.UNKNOWN) else "none"


def told_of(share: Share, at: float) -> str:
    """A day in words: `12 Nov: 99.12 % up, 12 min down`."""
    local = datetime.fromtimestamp(at, UTC)
    said = []
    if share.counted:
        said.append(f"{percent(share.uptime)} up")
    for state in (State.DOWN, State.DEGRADED, State.MAINTENANCE, State.UNKNOWN):
        if share.seconds.get(state):
            said.append(f"{lasting(share.seconds[state])} {_APART.get(state, state.value)}")
    return f"{local.day} {local:%b}: {', '.join(said) or 'no data'}"


_APART: Final = {State.MAINTENANCE: "in maintenance"}
