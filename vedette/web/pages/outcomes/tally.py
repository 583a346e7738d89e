"""Counting outcome rows together for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from vedette.filters import title_of
from vedette.issues.outcomes import whole_hour
from vedette.issues.reading import OutcomeRow, Period
from vedette.options._limits import words_of as quota_words
from vedette.outcome import DropReason
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
_REASONS: Mapping[str, str] = {
    DropReason.SPIKE.reason: "Spike protection",
    DropReason.STORM.reason: "An issue that storms: counted for it",
    "key_quota": "Limit of the key, a minute",
    "key_kinds": "The key does not let this kind in",
    "form_limit": "One sender’s forms of feedback, ten in ten minutes",
    "without_errors": "Replays without errors, which went some hours after",
    "backlog": "The installation was behind",
    "disk_full": "The disk was nearly full",
}
LINE = ("project_id", "kind", "outcome", "reason")
MOST_LINES = 500
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
    reason_words: str
    quantity: int
    last_hour: datetime


def reason_words(outcome: str, reason: str) -> str:
    """The reason as people read it; "" where it has no words but its own."""
    own = title_of(reason) if outcome == DropReason.FILTERED.outcome else quota_words(reason)
    return own or _REASONS.get(reason, "")


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
    """The table, as counted by `LINE`."""
    return [
        Line(
            project=projects.get(row.project_id),
            kind=row.kind,
            outcome=row.outcome,
            words=words_of(row.outcome),
            reason=row.reason,
            reason_words=reason_words(row.outcome, row.reason),
            quantity=row.quantity,
            last_hour=row.last,
        )
        for row in rows
    ]


def step_seconds(period: Period) -> int:
    """The step of time that gives a chart of at most 80 stacks."""
    hours = (period.end - period.start) / timedelta(hours=1)
    step = next((held for held in _STEPS_HOURS if hours / held <= _MOST_BARS), None)
    return (step or ceil(hours / _MOST_BARS / 24) * 24) * 3600


def stacks(
    rows: Iterable[OutcomeRow], period: Period, seconds: int
) -> list[tuple[datetime, dict[str, int]]]:
    """The counts by step of time, in a stack for each step of the whole period."""
    made: dict[datetime, Counter[str]] = {}
    at = _floor(whole_hour(period.start), seconds)
    while at < period.end:
        made[at] = Counter()
        at += timedelta(seconds=seconds)
    for row in rows:
        made[row.at][row.outcome] += row.quantity
    order = list(OUTCOMES)
    return [
        (at, {name: counts[name] for name in [*order, *(set(counts) - set(order))]})
        for at, counts in made.items()
    ]


def _floor(moment: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)
