"""Short forms for asking the store about the errors of the projects that may be seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings

from vedette import clock
from vedette.issues.shapes import Bucket, Period, Scope
from vedette.items.event import ERRORS
from vedette.storage.limits import kept_days
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects

_WEEK = 7 * 86400
_BUCKETS = (60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, _WEEK)
_DAY = timedelta(days=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """The time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def kept() -> tuple[datetime, datetime]:
    """From when and until when there can be any telemetry at all."""
    now = clock.now()
    return now - timedelta(days=kept_days(settings.CONFIG) + 1), now + _DAY


def clamped(period: Period) -> Period:
    """The part of a range for which telemetry is kept: nothing lies outside it."""
    oldest, newest = kept()
    start = min(max(period.start, oldest), newest)
    end = max(min(period.end, newest), start)
    return Period(start=start, end=end, label=period.label)


def in_groups(ids: Iterable[int]) -> q.Condition:
    """The condition that keeps a question within these groups."""
    return q.OneOf(q.Field("group_id"), list(ids))


def in_environments(scope: Scope) -> list[q.Condition]:
    """The condition on the environment, if one is chosen."""
    if not scope.environments:
        return []
    return [q.OneOf(q.Field("environment"), list(scope.environments))]


def ask(
    visible: VisibleProjects,
    columns: dict[str, q.Expression],
    where: list[q.Condition],
    start: datetime,
    end: datetime,
    *,
    table: str = ERRORS.name,
    **rest: Any,
) -> list[list[Any]]:
    """Ask for columns of a table, the errors', between two times. Raises StoreError."""
    select = q.Select(
        table=table,
        projects=visible,
        columns=columns,
        where=where,
        start=micros(start),
        end=micros(end),
        **rest,
    )
    return store().query(select).rows


def events(where: q.Condition | None = None) -> q.Expression:
    """How many events the rows of the errors stand for, or those that fulfil a condition."""
    beside: q.Expression = q.Field("unstored")
    if where is not None:
        beside = q.Call("choose", [where, beside, q.Constant(-1)])
    return q.call("stood_for", beside)


def bucket_seconds(period: Period, *, about: int) -> int:
    """The round bucket width that gives about that many bars."""
    wanted = (period.end - period.start).total_seconds() / about
    found = next((width for width in _BUCKETS if width >= wanted * 0.75), None)
    return found or ceil(wanted / _WEEK) * _WEEK


def fill(counts: dict[int, int], period: Period, seconds: int) -> list[Bucket]:
    """Every bucket of the period, also the empty ones."""
    first = micros(period.start) // 1_000_000 // seconds * seconds
    last = (micros(period.end) - 1) // 1_000_000 // seconds * seconds
    return [
        Bucket(start=datetime.fromtimestamp(at, UTC), count=counts.get(at, 0))
        for at in range(first, last + 1, seconds)
    ]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
