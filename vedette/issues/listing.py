"""The issue list: metadata first where that suffices, the store first where it must.

Without a condition on events and sorted by a time, a page is a keyset query on the issues and
one question to the store for its 25 rows. Otherwise the store aggregates the matching events
by group, and the issues of the best groups are taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from vedette.issues import telemetry
from vedette.issues.cursors import read_offset, read_place
from vedette.issues.figures import issue_rows, users_of
from vedette.issues.filtering import issue_filter
from vedette.issues.lookup import seen_by
from vedette.issues.models import Issue, IssueKey
from vedette.issues.ranking import GroupKey, Rank, group_ranks, merge
from vedette.issues.shapes import IssuePage, Scope, Sort, Token
from vedette.releases.lookup import KnownReleases
from vedette.search import (
    IssueSearch,
    Query,
    SearchError,
    other_reading,
    parse_issue_search,
    split_issue_search,
)
from vedette.store import query as q
from vedette.store.errors import BadQuery

_MOST_GROUPS = 50_000
_SPARE = 8  # groups fetched for each issue wanted
_GROUPS_BY_NAME = 2000
_CUT = (
    f"Only the {_MOST_GROUPS:,} foremost groups of events were looked at. "
    "Narrow the search or the time range to see the others."
)


def list_issues(
    scope: Scope, *, query: str, sort: Sort = "date", cursor: str | None = None, limit: int = 25
) -> IssuePage:
    """One page of the issues that match `query` within the scope.

    Raises BadQuery for a cursor that no list gave, and StoreError.
    """
    known = KnownReleases(scope.visible, scope.environments)
    try:
        parsed = parse_issue_search(query)
        search = split_issue_search(parsed, releases=known)
        issues = issue_filter(search.issue, person_id=scope.person_id)
    except SearchError as error:
        return IssuePage(rows=[], error=str(error))
    read_place(cursor)  # one that no list gave is refused, not explained as a search
    by_time = sort in ("date", "new") and search.event is None and not scope.environments
    find = _by_time if by_time else _by_events
    try:
        found = find(scope, search, issues, sort, cursor, limit)
    except BadQuery as error:
        return IssuePage(rows=[], error=f"This cannot be searched for: {error}.")
    return IssuePage(
        rows=issue_rows(scope, search.event, found.issues),
        next_cursor=found.following,
        previous_cursor=found.previous,
        tokens=_tokens(parsed, query),
        note=_CUT if found.is_cut else "",
        other_reading=other_reading(
            query, lambda other: split_issue_search(parse_issue_search(other), releases=known)
        ),
    )


def count_new_events(scope: Scope, *, since: datetime) -> int:
    """How many events have arrived in the scope since a moment."""
    ((count,),) = telemetry.ask(
        scope.visible,
        {"n": telemetry.events()},
        [
            *telemetry.in_environments(scope),
            q.Compare(q.Field("received"), ">", telemetry.micros(since)),
        ],
        since - timedelta(days=1),
        scope.period.end + timedelta(days=1),
    )
    return int(count)


def _active(scope: Scope, issues: Q) -> QuerySet[Issue]:
    return Issue.objects.filter(
        issues,
        seen_by(scope.visible),
        last_seen__gte=scope.period.start,
        first_seen__lt=scope.period.end,
    ).select_related("project")


class Found(NamedTuple):
    """The issues of a page, the cursors beside it, and whether some were not looked at."""

    issues: list[Issue]
    following: str | None = None
    previous: str | None = None
    is_cut: bool = False


def _by_time(
    scope: Scope, search: IssueSearch, issues: Q, sort: Sort, cursor: str | None, limit: int
) -> Found:
    """Issues by last or first seen, with a cursor that names a row: nothing shifts under it."""
    column = "first_seen" if sort == "new" else "last_seen"
    mine = _active(scope, issues)
    place = read_place(cursor)
    backwards = place is not None and place.is_backwards
    if place is not None:
        compare = "gt" if backwards else "lt"
        mine = mine.filter(
            Q(**{f"{column}__{compare}": place.at})
            | Q(**{column: place.at, f"pk__{compare}": place.pk})
        )
    order = (column, "pk") if backwards else (f"-{column}", "-pk")
    found = list(mine.order_by(*order)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return Found([])
    first, last = found[0], found[-1]
    following = f"n:{_micros(last, column)}:{last.pk}" if more or backwards else None
    has_previous = (backwards and more) or (not backwards and place is not None)
    previous = f"p:{_micros(first, column)}:{first.pk}" if has_previous else None
    return Found(found, following, previous)


def _by_events(
    scope: Scope, search: IssueSearch, issues: Q, sort: Sort, cursor: str | None, limit: int
) -> Found:
    """Issues by what the store counts, with a cursor that is an offset.

    The best groups usually suffice; all of them are fetched only when the issues of the best
    ones do not fill the page, or when the order is not the store's.
    """
    offset = min(read_offset(cursor), _MOST_GROUPS)
    wanted = offset + limit + 1
    ordered: list[int] = []
    is_cut = False
    few = _MOST_GROUPS if sort == "new" else min(wanted * _SPARE, _MOST_GROUPS)
    for most in dict.fromkeys((few, _MOST_GROUPS)):
        ranks = group_ranks(scope, search.event, sort, most)
        ordered = _order(scope, search, ranks, _owners(scope, issues, ranks), sort)
        if len(ordered) >= wanted or len(ranks) < most:
            break
        is_cut = most == _MOST_GROUPS
    chosen = ordered[offset : offset + limit]
    found = Issue.objects.filter(pk__in=chosen).select_related("project").in_bulk()
    following = f"o:{offset + limit}" if len(ordered) > offset + limit else None
    previous = f"o:{max(0, offset - limit)}" if offset else None
    return Found([found[pk] for pk in chosen if pk in found], following, previous, is_cut)


def _order(
    scope: Scope,
    search: IssueSearch,
    ranks: dict[GroupKey, Rank],
    owner: dict[GroupKey, int],
    sort: Sort,
) -> list[int]:
    """The issues in order, the best first."""
    groups: dict[int, list[Rank]] = defaultdict(list)
    for group, rank in ranks.items():
        if group in owner:
            groups[owner[group]].append(rank)
    if sort == "new":
        first = dict(Issue.objects.filter(pk__in=groups).values_list("pk", "first_seen"))
        return sorted(groups, key=lambda pk: (first[pk], pk), reverse=True)
    merged = {pk: merge(held, sort) for pk, held in groups.items()}
    several = [pk for pk, held in groups.items() if len(held) > 1] if sort == "user" else []
    for pk, number in users_of(scope, search.event, several).items():
        merged[pk] = (number, merged[pk][1])
    return sorted(merged, key=lambda pk: (merged[pk], pk), reverse=True)


def _owners(scope: Scope, issues: Q, groups: Collection[GroupKey]) -> dict[GroupKey, int]:
    """Which matching issue each of these groups belongs to; the others are left out."""
    keys = IssueKey.objects.filter(seen_by(scope.visible))
    if issues:
        matching = Issue.objects.filter(issues, seen_by(scope.visible))
        keys = keys.filter(issue__in=matching)
    if len(groups) <= _GROUPS_BY_NAME:
        keys = keys.filter(group_id__in=[group_id for _, group_id in groups])
    return {
        (project_id, group_id): issue_id
        for project_id, group_id, issue_id in keys.values_list("project_id", "group_id", "issue_id")
    }


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
