"""The header and the side column of the issue page."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from vedette.issues import telemetry
from vedette.issues.history import has_few_events, in_scope
from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import IssueSummary, Scope, Seen, TagDistribution, TagValue
from vedette.store import query as q

_MOST_PAIRS = 5000
_SERIES_BARS = 48
_SECOND = timedelta(seconds=1)


def summarize(issue: Issue, scope: Scope) -> IssueSummary:
    """The counters and the chart of one issue."""
    period = scope.period
    seconds = telemetry.bucket_seconds(period, about=_SERIES_BARS)
    if has_few_events(issue):
        events = list(in_scope(issue, scope))
        counts = dict(Counter(past.timestamp // 1_000_000 // seconds * seconds for past in events))
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


def _ask_counts(issue: Issue, scope: Scope, seconds: int) -> tuple[dict[int, int], int]:
    """Events by bucket, and users, of an issue with many events."""
    where = [*telemetry.in_scope(scope), telemetry.in_groups(group_ids(issue))]
    start, end = scope.period.start, scope.period.end
    ((users,),) = telemetry.ask(
        {"n": q.call("distinct", q.Field("user_number"))}, where, start, end
    )
    bars = telemetry.ask(
        {"at": q.bucket(seconds), "n": q.count()}, where, start, end, group_by=["at"]
    )
    return dict(bars), users  # type: ignore[arg-type]


def tag_distributions(issue: Issue, scope: Scope, *, top: int = 5) -> list[TagDistribution]:
    """Every tag of the issue's events in the scope, the most frequent keys first."""
    rows = telemetry.ask(
        {"key": q.Field("tag_key"), "value": q.Field("tag_value"), "n": q.count()},
        [*telemetry.in_scope(scope), telemetry.in_groups(group_ids(issue))],
        max(scope.period.start, issue.first_seen - _SECOND),
        min(scope.period.end, issue.last_seen + _SECOND),
        group_by=["key", "value"],
        order_by=[q.Order("n", True), q.Order("value")],
        limit=_MOST_PAIRS,
        explode_tags=True,
    )
    values: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for key, value, count in rows:
        values[key].append((value, count))
    found = [_distribution(key, pairs, top) for key, pairs in values.items()]
    return sorted(found, key=lambda one: (-one.total, one.key))


def _distribution(key: str, pairs: list[tuple[str, int]], top: int) -> TagDistribution:
    total = sum(count for _, count in pairs)
    return TagDistribution(
        key=key,
        total=total,
        distinct=len(pairs),
        top=[
            TagValue(value=value, count=count, percent=100 * count / total)
            for value, count in pairs[:top]
        ],
    )
