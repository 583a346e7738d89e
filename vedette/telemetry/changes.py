"""Since when transactions are slower or faster, by the test of `vedette.trends.change`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import clamped
from vedette.store import query as q
from vedette.telemetry.performance import Key
from vedette.telemetry.spans import IS_TRANSACTION, ask_spans, figure, same
from vedette.trends.change import Change, Point, fewer_false, find_change

WINDOW = timedelta(days=14)
LEAST_SAMPLES = 10  # of an hour, for its P95 to say something
MOST_SERIES = 100
_STEPS_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
_MOST_POINTS = 340


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Since when a transaction's P95 (milliseconds) is another, and what it was before."""

    since: datetime
    before: float
    after: float

    @property
    def is_slower(self) -> bool:
        """Whether it got worse."""
        return self.after > self.before


def tested_period(period: Period) -> Period:
    """What is looked at: the range and what is before it, two weeks at least.

    In less, a day's rise and fall cannot be told from a change.
    """
    start = min(period.start, period.end - WINDOW)
    return clamped(Period(start=start, end=period.end, label=""))


def find_turns(scope: Scope, keys: Sequence[Key]) -> dict[Key, Turn]:
    """Which of these transactions changed, in one question. Raises StoreError.

    Of those that are given as changed, one of a hundred is expected to be none.
    """
    tested = list(keys)[:MOST_SERIES]
    if not tested:
        return {}
    points = _points(scope, tested)
    changes = fewer_false([find_change(points.get(key, [])) for key in tested])
    return {
        key: _turn(change)
        for key, change in zip(tested, changes, strict=True)
        if change is not None
    }


def _turn(change: Change) -> Turn:
    return Turn(
        since=datetime.fromtimestamp(change.at, UTC), before=change.before, after=change.after
    )


def _points(scope: Scope, keys: Sequence[Key]) -> dict[Key, list[Point]]:
    """The P95 of each hour with samples enough; of longer steps where the range is longer."""
    period = tested_period(scope.period)
    hours = (period.end - period.start) / timedelta(hours=1)
    step = next((one for one in _STEPS_HOURS if hours / one <= _MOST_POINTS), _STEPS_HOURS[-1])
    rows = ask_spans(
        scope,
        {
            "name": q.Field("transaction"),
            "project": q.Field("project_id"),
            "at": q.bucket(step * 3600),
            "p95": figure("p95()"),
        },
        [IS_TRANSACTION, _among(keys)],
        period=period,
        group_by=["name", "project", "at"],
        having=[q.Compare(q.count(), ">=", LEAST_SAMPLES)],
        order_by=[q.Order("at")],
        limit=q.MOST_ROWS,
    )
    points: dict[Key, list[Point]] = defaultdict(list)
    for row in rows:
        points[row["name"], row["project"]].append(Point(row["at"], row["p95"]))
    return points


def _among(keys: Sequence[Key]) -> q.Condition:
    """The condition that a row is of one of these transactions."""
    names: dict[int, list[q.Value]] = defaultdict(list)
    for name, project in keys:
        names[project].append(name)
    return q.Either(
        [
            q.All([same("project_id", project), q.OneOf(q.Field("transaction"), held)])
            for project, held in names.items()
        ]
    )
