"""The header and the side column of the issue page."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from vedette.issues import telemetry
from vedette.issues.history import Past, has_few_events, in_scope
from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import IssueSummary, Scope, Seen, TagDistribution, TagValue
from vedette.store import query as q

_MOST_KEYS = 500
_SERIES_BARS = 48
_SECOND = timedelta(seconds=1)


def summarize(issue: Issue, scope: Scope) -> IssueSummary:
    """The counters and the chart of one issue. Raises StoreError."""
    period = scope.period
    seconds = telemetry.bucket_seconds(period, about=_SERIES_BARS)
    if has_few_events(issue):
        events = list(in_scope(issue, scope))
        counts = dict(_by_bucket(events, seconds))
        users = len({past.user_number for past in events} - {None})
    else:
        counts, users = _ask_counts(issue, scope, seconds)
    return IssueSummary(
        event_count=sum(counts.values()),
        user_count=users,
        series=telemetry.fill(counts, period, seconds),
        first=Seen(at=issue.first_seen, release=issue.first_release),
        last=Seen(at=issue.last_seen, release=issue.last_release),
    )


def _by_bucket(events: list[Past], seconds: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for past in events:
        counts[past.timestamp // 1_000_000 // seconds * seconds] += past.stood_for
    return counts


def _ask_counts(issue: Issue, scope: Scope, seconds: int) -> tuple[dict[int, int], int]:
    """Events by bucket, and users, of an issue with many events."""
    visible = scope.visible.only([issue.project_id])
    where = _where(issue, scope)
    start, end = scope.period.start, scope.period.end
    users = q.call("distinct", q.Field("user_number"))
    ((number,),) = telemetry.ask(visible, {"n": users}, where, start, end)
    bars = telemetry.ask(
        visible,
        {"at": q.bucket(seconds), "n": telemetry.events()},
        where,
        start,
        end,
        group_by=["at"],
    )
    return {int(at): int(count) for at, count in bars}, int(number)


def tag_distributions(issue: Issue, scope: Scope, *, top: int = 5) -> list[TagDistribution]:
    """The tags of the issue's events in the scope, the most frequent keys first.

    Totals are of all values of a key, also of those that are not among the `top`. At most
    500 keys are given. Raises StoreError.
    """
    visible = scope.visible.only([issue.project_id])
    where = _where(issue, scope)
    start = max(scope.period.start, issue.first_seen - _SECOND)
    end = min(scope.period.end, issue.last_seen + _SECOND)
    key, value = q.Field("tag_key"), q.Field("tag_value")
    totals = telemetry.ask(
        visible,
        {"key": key, "n": q.count(), "values": q.call("distinct", value)},
        where,
        start,
        end,
        group_by=["key"],
        order_by=[q.Order("n", True), q.Order("key")],
        limit=_MOST_KEYS,
        explode_tags=True,
    )
    most = min(top, q.MOST_ROWS // max(len(totals), 1))
    rows = telemetry.ask(
        visible,
        {"key": key, "value": value, "n": q.count()},
        [*where, q.OneOf(key, [row[0] for row in totals])],
        start,
        end,
        group_by=["key", "value"],
        order_by=[q.Order("n", True), q.Order("value")],
        limit_by=q.LimitBy(["key"], most),
        limit=q.MOST_ROWS,
        explode_tags=True,
    )
    values: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, text, count in rows:
        values[name].append((text, count))
    return [_distribution(name, total, distinct, values[name]) for name, total, distinct in totals]


def _where(issue: Issue, scope: Scope) -> list[q.Condition]:
    return [*telemetry.in_environments(scope), telemetry.in_groups(group_ids(issue))]


def _distribution(
    key: str, total: int, distinct: int, pairs: list[tuple[str, int]]
) -> TagDistribution:
    return TagDistribution(
        key=key,
        total=total,
        distinct=distinct,
        top=[
            TagValue(value=value, count=count, percent=100 * count / total)
            for value, count in pairs
        ],
    )
