"""Counting outcome rows together for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vedette.issues.reading import OutcomeRow, Period
from vedette.projects.models import Project

OUTCOMES = {
    "accepted": "Accepted",
    "kept": "Kept, not shown yet",
    "filtered": "Filtered",
    "rate_limited": "Rate limited",
    "duplicate": "Duplicate",
    "invalid": "Invalid",
    "dropped": "Dropped",
    "client_discard": "Discarded by the client",
}
_MOST_BARS = 80
_STEPS_HOURS = (1, 3, 6, 12, 24, 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One outcome's sum and its share."""

    outcome: str
    words: str
    quantity: int
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: project, kind, outcome and reason."""

    project: Project | None
    kind: str
    outcome: str
    words: str
    reason: str
    quantity: int
    last_hour: datetime


def words_of(outcome: str) -> str:
    """The outcome as people read it."""
    return OUTCOMES.get(outcome, outcome.replace("_", " "))


def make_totals(rows: Iterable[OutcomeRow]) -> list[Total]:
    """The sum of each outcome that occurs, in the fixed order."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.outcome] += row.quantity
    whole = sum(sums.values()) or 1
    order = [*OUTCOMES, *(name for name in sums if name not in OUTCOMES)]
    return [
        Total(
            outcome=name,
            words=words_of(name),
            quantity=sums[name],
            percent=sums[name] / whole * 100,
        )
        for name in order
        if sums[name]
    ]


def make_lines(rows: Iterable[OutcomeRow], projects: Mapping[int, Project]) -> list[Line]:
    """The table, largest first."""
    sums: Counter[tuple[int, str, str, str]] = Counter()
    last: dict[tuple[int, str, str, str], datetime] = {}
    for row in rows:
        key = (row.project_id, row.kind, row.outcome, row.reason)
        sums[key] += row.quantity
        last[key] = max(last.get(key, row.hour), row.hour)
    return [
        Line(
            project=projects.get(key[0]),
            kind=key[1],
            outcome=key[2],
            words=words_of(key[2]),
            reason=key[3],
            quantity=quantity,
            last_hour=last[key],
        )
        for key, quantity in sums.most_common(500)
    ]


def stacks(rows: Iterable[OutcomeRow], period: Period) -> list[tuple[datetime, dict[str, int]]]:
    """The counts by step of time, in a stack for each step of the whole period."""
    hours = max((period.end - period.start) / timedelta(hours=1), 1)
    step = next((held for held in _STEPS_HOURS if hours / held <= _MOST_BARS), _STEPS_HOURS[-1])
    length = timedelta(hours=step)
    start = _floor(period.start, length)
    made: dict[datetime, Counter[str]] = {}
    while start < period.end:
        made[start] = Counter()
        start += length
    for row in rows:
        slot = made.get(_floor(row.hour, length))
        if slot is not None:
            slot[row.outcome] += row.quantity
    order = list(OUTCOMES)
    return [
        (at, {name: counts[name] for name in [*order, *(set(counts) - set(order))]})
        for at, counts in made.items()
    ]


def _floor(moment: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)
