"""How far up a group of events stands in the issue list, worked out by the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from vedette.issues import telemetry
from vedette.issues.shapes import Period, Scope, Sort
from vedette.store import query as q

GroupKey: TypeAlias = tuple[int, int]
_TREND_SHARE = 4
_TREND_DAMPING = 5


class Rank(NamedTuple):
    """What a group is sorted by: its events, those in the last quarter, users, last time."""

    events: int
    recent: int
    users: int
    last: int


def group_ranks(
    scope: Scope, event: q.Condition | None, sort: Sort, most: int
) -> dict[GroupKey, Rank]:
    """The foremost groups that match, by project and group."""
    figures = _figures(scope.period, sort)
    rows = telemetry.ask(
        scope.visible,
        {"project_id": q.Field("project_id"), "group_id": q.Field("group_id"), **figures},
        [*telemetry.in_environments(scope), *([event] if event is not None else [])],
        scope.period.start,
        scope.period.end,
        group_by=["project_id", "group_id"],
        order_by=[
            q.Order({"date": "last", "new": "last"}.get(sort, "figure"), True),
            q.Order("last", True),
            q.Order("group_id"),
        ],
        limit=most,
    )
    return {(row[0], row[1]): Rank(row[3], row[4], row[5], row[6]) for row in rows}


def merge(groups: Sequence[Rank], sort: Sort) -> tuple[float, float]:
    """The place of an issue by its groups: the greater, the further up.

    Users of several groups are added up: who asks for the order by users puts the exact number
    in the place of the sum.
    """
    count = sum(rank.events for rank in groups)
    last = max(rank.last for rank in groups)
    if sort == "freq":
        return count, last
    if sort == "user":
        return sum(rank.users for rank in groups), last
    if sort == "trend":
        return trend(count, sum(rank.recent for rank in groups)), last
    return last, count


def trend(count: int, recent: int) -> float:
    """How much more often something comes in the last quarter of a range than before."""
    before = (count - recent) / (_TREND_SHARE - 1)
    return float((recent - before) / (before + _TREND_DAMPING) ** 0.5)


def _figures(period: Period, sort: Sort) -> dict[str, q.Expression]:
    since = period.end - (period.end - period.start) / _TREND_SHARE
    count, none = telemetry.events(), q.call("multiply", q.count(), 0)
    recent = telemetry.events(q.Compare(q.TIME, ">=", telemetry.micros(since)))
    before = q.call("divide", q.call("subtract", count, recent), _TREND_SHARE - 1)
    damped = q.call("power", q.call("add", before, _TREND_DAMPING), 0.5)
    users = q.call("distinct", q.Field("user_number"))
    figure: dict[Sort, q.Expression] = {
        "user": users,
        "trend": q.call("divide", q.call("subtract", recent, before), damped),
    }
    return {
        "figure": figure.get(sort, count),
        "count": count,
        "recent": recent if sort == "trend" else none,
        "users": users if sort == "user" else none,
        "last": q.call("max", q.TIME),
    }
