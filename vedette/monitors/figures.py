"""Response times out of the store: counted by hour and by day, summed up for lists.

Counting an hour again gives the same, so a turn that was cut off costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection
from django.db.models import Max, Min

from vedette.items.monitor_check import CHECKS
from vedette.monitors.models import LatencyCount, Monitor, MonitorStanding
from vedette.store import query as q
from vedette.store.engine import Reader
from vedette.store.visible import VisibleProjects
from vedette.uptime.latency import LAST, Buckets, merge, percentile

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
HOURS_KEPT: Final = 8 * DAY
DAYS_KEPT: Final = 400 * DAY
SHARES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_PERIODS: Final = {"24 h": 1, "7 d": 7, "30 d": 30, "90 d": 90}
_AT_ONCE: Final = 500  # monitors of one question
_MOST_BACK: Final = 26 * HOUR
_encode = msgspec.json.Encoder().encode


def count_hours(store: Reader, now: float) -> int:
    """Count the hours that are not over or not counted yet; how many rows. Raises StoreError."""
    ids = list(Monitor.objects.order_by("pk").values_list("pk", flat=True))
    present = int(now * 1000) // HOUR * HOUR
    last = LatencyCount.objects.filter(span="hour").aggregate(at=Max("began"))["at"]
    first = max(min(present, last or present) - HOUR, present - _MOST_BACK)
    written = 0
    for place in range(0, len(ids), _AT_ONCE):
        some = ids[place : place + _AT_ONCE]
        for began in range(first, present + 1, HOUR):
            written += _count(store, some, began)
    return written


def sum_days(now: float) -> int:
    """Make days of hours, as far as they are over; let old ones go. How many rows."""
    today = int(now * 1000) // DAY * DAY
    days = LatencyCount.objects.filter(span="day")
    hours = LatencyCount.objects.filter(span="hour")
    last = days.aggregate(at=Max("began"))["at"]
    first = hours.aggregate(at=Min("began"))["at"]
    if first is None:
        return 0
    start = first // DAY * DAY if last is None else last + DAY
    written = 0
    for began in range(start, today, DAY):
        rows = hours.filter(began__gte=began, began__lt=began + DAY)
        written += _keep("day", began, _by_monitor(rows.values_list("monitor_id", "buckets")))
    hours.filter(began__lt=today - HOURS_KEPT).delete()
    days.filter(began__lt=today - DAYS_KEPT).delete()
    return written


def sum_up(now: float) -> None:
    """Write the percentiles of the last day beside what is shown in lists; none of none."""
    since = int(now * 1000) - DAY
    rows = LatencyCount.objects.filter(span="hour", began__gte=since)
    found = _by_monitor(rows.values_list("monitor_id", "buckets").iterator(2000))
    _forget_all_but(found)
    values: list[list[Any]] = [
        [_encode({**percentiles(held), "checks": sum(held.values())}).decode(), pk]
        for pk, held in found.items()
    ]
    quote = connection.ops.quote_name
    table = quote(MonitorStanding._meta.db_table)
    sql = f"UPDATE {table} SET percentiles = %s WHERE monitor_id = %s"  # noqa: S608 - a name of ours
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(sql, values)


def _forget_all_but(found: Collection[int]) -> None:
    """Of monitors that were not answered for a day nothing is shown."""
    held = MonitorStanding.objects.exclude(percentiles={}).values_list("pk", "monitor_id")
    stale = [pk for pk, monitor in held if monitor not in found]
    for place in range(0, len(stale), _AT_ONCE):
        some = stale[place : place + _AT_ONCE]
        MonitorStanding.objects.filter(pk__in=some).update(percentiles={})


def percentiles(buckets: Buckets) -> dict[str, float]:
    """P50, P95 and P99 in milliseconds, at most a tenth off; empty of nothing."""
    found = {name: percentile(buckets, share) for name, share in SHARES.items()}
    return {name: round(ms, 1) for name, ms in found.items() if ms is not None}


def paces_of(monitor: Monitor, now: datetime) -> list[tuple[str, dict[str, float]]]:
    """P50, P95 and P99 of the last day, week, month and quarter; empty ones are left out.

    Longer than single checks are kept.
    """
    found = []
    for name, days in _PERIODS.items():
        held = percentiles(latency_between(monitor, now - timedelta(days=days), now))
        if held:
            found.append((name, held))
    return found


def latency_between(monitor: Monitor, start: datetime, end: datetime) -> Buckets:
    """The counts between two moments: whole days where hours are gone, else hours."""
    began, ended = int(start.timestamp() * 1000), int(end.timestamp() * 1000)
    rows = LatencyCount.objects.filter(monitor=monitor, began__lt=ended)
    oldest = rows.filter(span="hour").aggregate(at=Min("began"))["at"] or ended
    hours = rows.filter(span="hour", began__gte=max(began // HOUR * HOUR, oldest))
    days = rows.filter(span="day", began__gte=began // DAY * DAY, began__lt=oldest // DAY * DAY)
    held = [*hours.values_list("buckets", flat=True), *days.values_list("buckets", flat=True)]
    return merge(map(_read, held))


def _count(store: Reader, monitors: list[int], began: int) -> int:
    bucket = q.Field("bucket")
    select = q.Select(
        table=CHECKS.name,
        projects=VisibleProjects.of_system(),
        columns={"monitor": q.Field("monitor_id"), "bucket": bucket, "checks": q.count()},
        where=[
            q.Compare(q.Field("monitor_id"), ">=", monitors[0]),
            q.Compare(q.Field("monitor_id"), "<=", monitors[-1]),
            q.Present(bucket),
        ],
        group_by=["monitor", "bucket"],
        start=began * 1000,
        end=(began + HOUR) * 1000,
        limit=len(monitors) * (LAST + 1),
    )
    known, found = set(monitors), defaultdict[int, Buckets](dict)
    for monitor, place, checks in store.query(select).rows:
        if monitor in known:
            found[monitor][place] = checks
    return _keep("hour", began, found)


def _keep(span: str, began: int, found: dict[int, Buckets]) -> int:
    rows = [
        LatencyCount(
            monitor_id=pk,
            span=span,
            began=began,
            buckets={str(bucket): count for bucket, count in sorted(held.items())},
            checks=sum(held.values()),
        )
        for pk, held in sorted(found.items())
    ]
    LatencyCount.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["monitor", "span", "began"],
        update_fields=["buckets", "checks"],
    )
    return len(rows)


def _by_monitor(rows: Any) -> dict[int, Buckets]:
    parts: dict[int, list[Buckets]] = defaultdict(list)
    for monitor, kept in rows:
        parts[monitor].append(_read(kept))
    return {monitor: merge(held) for monitor, held in parts.items()}


def _read(kept: dict[str, int]) -> Buckets:
    return {int(bucket): count for bucket, count in kept.items()}
