"""The issue list: metadata first where that suffices, the store first where it must.

Without a condition on events and sorted by a time, a page is a keyset query on the issues and
one question to the store for its 25 rows. Otherwise the store aggregates the matching events
by group, and the issues of the best groups are taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from vedette.issues import telemetry
from vedette.issues.filtering import issue_filter
from vedette.issues.models import Issue, IssueKey
from vedette.issues.shapes import IssuePage, IssueRow, Scope, Sort, Token
from vedette.search import (
    IssueSearch,
    Query,
    SearchError,
    parse_issue_search,
    split_issue_search,
)
from vedette.store import query as q

_MOST_GROUPS = 50_000
_SPARKLINE_BARS = 24
_TREND_SHARE = 4
_SPARE = 8  # groups fetched for each issue wanted
_GROUPS_BY_NAME = 2000


def list_issues(
    scope: Scope, *, query: str, sort: Sort = "date", cursor: str | None = None, limit: int = 25
) -> IssuePage:
    """One page of the issues that match `query` within the scope."""
    try:
        parsed = parse_issue_search(query)
        search = split_issue_search(parsed)
        issues = issue_filter(search.issue)
    except SearchError as error:
        return IssuePage(rows=[], error=str(error))
    tokens = _tokens(parsed, query)
    by_time = sort in ("date", "new") and search.event is None and not scope.environments
    find = _by_time if by_time else _by_events
    found, following, previous = find(scope, search, issues, sort, cursor, limit)
    rows = _rows(scope, search, found)
    return IssuePage(rows=rows, next_cursor=following, previous_cursor=previous, tokens=tokens)


def count_new_events(scope: Scope, *, since: datetime) -> int:
    """How many events have arrived in the scope since a moment."""
    ((count,),) = telemetry.ask(
        {"n": q.count()},
        [
            *telemetry.in_scope(scope),
            q.Compare(q.Field("received"), ">", telemetry.micros(since)),
        ],
        since - timedelta(days=1),
        scope.period.end + timedelta(days=1),
    )
    return int(count)


def _active(scope: Scope, issues: Q) -> QuerySet[Issue]:
    return Issue.objects.filter(
        issues,
        project__in=list(scope.projects),
        last_seen__gte=scope.period.start,
        first_seen__lt=scope.period.end,
    ).select_related("project")


Found = tuple[list[Issue], str | None, str | None]


def _by_time(
    scope: Scope, search: IssueSearch, issues: Q, sort: Sort, cursor: str | None, limit: int
) -> Found:
    """Issues by last or first seen, with a cursor that names a row: nothing shifts under it."""
    column = "first_seen" if sort == "new" else "last_seen"
    mine = _active(scope, issues)
    backwards, place = _read_time_cursor(cursor)
    if place is not None:
        at, pk = place
        compare = "gt" if backwards else "lt"
        mine = mine.filter(
            Q(**{f"{column}__{compare}": at}) | Q(**{column: at, f"pk__{compare}": pk})
        )
    order = (column, "pk") if backwards else (f"-{column}", "-pk")
    found = list(mine.order_by(*order)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return [], None, None
    first, last = found[0], found[-1]
    following = f"n:{_micros(last, column)}:{last.pk}" if more or backwards else None
    has_previous = (backwards and more) or (not backwards and place is not None)
    previous = f"p:{_micros(first, column)}:{first.pk}" if has_previous else None
    return found, following, previous


def _by_events(
    scope: Scope, search: IssueSearch, issues: Q, sort: Sort, cursor: str | None, limit: int
) -> Found:
    """Issues by what the store counts, with a cursor that is an offset.

    The best groups usually suffice; all of them are fetched only when the issues of the best
    ones do not fill the page, or when the order is not the store's.
    """
    offset = _read_offset(cursor)
    wanted = offset + limit + 1
    whole = sort in ("new", "trend")
    ordered: list[int] = []
    for most in (_MOST_GROUPS,) if whole else (wanted * _SPARE, _MOST_GROUPS):
        stats = _group_stats(scope, search, sort, most)
        ordered = _rank(stats, _owners(scope, issues, stats), sort)
        if len(ordered) >= wanted or len(stats) < most:
            break
    chosen = ordered[offset : offset + limit]
    found = Issue.objects.filter(pk__in=chosen).select_related("project").in_bulk()
    following = f"o:{offset + limit}" if len(ordered) > offset + limit else None
    previous = f"o:{max(0, offset - limit)}" if offset else None
    return [found[pk] for pk in chosen if pk in found], following, previous


def _rank(
    stats: dict[tuple[int, int], list[float]], owner: dict[tuple[int, int], int], sort: Sort
) -> list[int]:
    """The issues in order; the figures of an issue's groups are added up."""
    ranks: dict[int, list[float]] = {}
    for group, rank in stats.items():
        issue_id = owner.get(group)
        if issue_id is None:
            continue
        held = ranks.get(issue_id)
        if held is None:
            ranks[issue_id] = rank
        elif sort in ("date", "new"):
            ranks[issue_id] = max(held, rank)
        else:
            ranks[issue_id] = [held[0] + rank[0], max(held[1], rank[1])]
    if sort == "new":
        first = dict(Issue.objects.filter(pk__in=ranks).values_list("pk", "first_seen"))
        return sorted(ranks, key=lambda pk: (first[pk], pk), reverse=True)
    return sorted(ranks, key=lambda pk: (ranks[pk], pk), reverse=True)


def _conditions(scope: Scope, search: IssueSearch) -> list[q.Condition]:
    conditions = telemetry.in_scope(scope)
    if search.event is not None:
        conditions.append(search.event)
    return conditions


def _group_stats(
    scope: Scope, search: IssueSearch, sort: Sort, most: int
) -> dict[tuple[int, int], list[float]]:
    """Each matching group's rank: the figure that is sorted by, then the last time."""
    figure: q.Expression = q.count()
    if sort == "user":
        figure = q.call("distinct", q.Field("user_number"))
    columns: dict[str, q.Expression] = {
        "project_id": q.Field("project_id"),
        "group_id": q.Field("group_id"),
        "figure": figure,
        "last": q.call("max", q.TIME),
    }
    period = scope.period
    rows = telemetry.ask(
        columns,
        _conditions(scope, search),
        period.start,
        period.end,
        group_by=["project_id", "group_id"],
        order_by=[q.Order("last", True)] if sort in ("date", "new") else [q.Order("figure", True)],
        limit=most,
    )
    if sort in ("date", "new"):
        return {(row[0], row[1]): [row[3], row[2]] for row in rows}
    if sort == "trend":
        return _trends(scope, search, rows)
    return {(row[0], row[1]): [row[2], row[3]] for row in rows}


def _trends(
    scope: Scope, search: IssueSearch, rows: list[list[Any]]
) -> dict[tuple[int, int], list[float]]:
    """How much more often a group comes in the last quarter of the range than before."""
    period = scope.period
    recent_start = period.end - (period.end - period.start) / _TREND_SHARE
    recent = {
        (row[0], row[1]): row[2]
        for row in telemetry.ask(
            {
                "project_id": q.Field("project_id"),
                "group_id": q.Field("group_id"),
                "n": q.count(),
            },
            _conditions(scope, search),
            recent_start,
            period.end,
            group_by=["project_id", "group_id"],
            limit=_MOST_GROUPS,
        )
    }
    ranks: dict[tuple[int, int], list[float]] = {}
    for project_id, group_id, total, last in rows:
        now = recent.get((project_id, group_id), 0)
        before = (total - now) / (_TREND_SHARE - 1)
        ranks[(project_id, group_id)] = [(now - before) / (before + 5) ** 0.5, last]
    return ranks


def _owners(
    scope: Scope, issues: Q, groups: Collection[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Which matching issue each of these groups belongs to; the others are left out."""
    keys = IssueKey.objects.filter(project__in=list(scope.projects))
    if issues:
        matching = Issue.objects.filter(issues, project__in=list(scope.projects))
        keys = keys.filter(issue__in=matching)
    if len(groups) <= _GROUPS_BY_NAME:
        keys = keys.filter(group_id__in=[group_id for _, group_id in groups])
    return {
        (project_id, group_id): issue_id
        for project_id, group_id, issue_id in keys.values_list("project_id", "group_id", "issue_id")
    }


def _rows(scope: Scope, search: IssueSearch, issues: Sequence[Issue]) -> list[IssueRow]:
    """The figures of these issues within the scope, in two questions to the store."""
    owner = {
        (project_id, group_id): issue_id
        for project_id, group_id, issue_id in IssueKey.objects.filter(
            issue__in=[issue.pk for issue in issues]
        ).values_list("project_id", "group_id", "issue_id")
    }
    if not owner:
        return []
    where: list[q.Condition] = [
        telemetry.in_groups(sorted({group_id for _, group_id in owner})),
        *telemetry.in_environments(scope),
        *([search.event] if search.event is not None else []),
    ]
    period = scope.period
    group: dict[str, q.Expression] = {
        "project_id": q.Field("project_id"),
        "group_id": q.Field("group_id"),
    }
    users: dict[int, int] = defaultdict(int)
    for project_id, group_id, count in telemetry.ask(
        {**group, "users": q.call("distinct", q.Field("user_number"))},
        where,
        period.start,
        period.end,
        group_by=list(group),
    ):
        users[owner.get((project_id, group_id), 0)] += count
    seconds = telemetry.bucket_seconds(period, about=_SPARKLINE_BARS)
    bars: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for project_id, group_id, at, count in telemetry.ask(
        {**group, "at": q.bucket(seconds), "n": q.count()},
        where,
        period.start,
        period.end,
        group_by=[*group, "at"],
        limit=100_000,
    ):
        bars[owner.get((project_id, group_id), 0)][at] += count
    return [
        IssueRow(
            issue=issue,
            event_count=sum(bars[issue.pk].values()),
            user_count=users[issue.pk],
            first_seen=issue.first_seen,
            last_seen=issue.last_seen,
            sparkline=telemetry.fill(bars[issue.pk], period, seconds),
        )
        for issue in issues
    ]


def _tokens(parsed: Query, text: str) -> list[Token]:
    return [
        Token(
            text=text[term.start : term.end],
            key=term.key,
            operator=term.operator,
            value=str(term.value),
            start=term.start,
            end=term.end,
        )
        for term in parsed.terms()
    ]


def _micros(issue: Issue, column: str) -> int:
    return telemetry.micros(getattr(issue, column))


def _read_time_cursor(cursor: str | None) -> tuple[bool, tuple[datetime, int] | None]:
    kind, _, rest = (cursor or "").partition(":")
    at, _, pk = rest.partition(":")
    if kind not in ("n", "p") or not at.isdigit() or not pk.isdigit() or len(at) > 17:
        return False, None
    return kind == "p", (telemetry.moment(int(at)), int(pk))


def _read_offset(cursor: str | None) -> int:
    kind, _, offset = (cursor or "").partition(":")
    return min(int(offset), _MOST_GROUPS) if kind == "o" and offset.isdigit() else 0
