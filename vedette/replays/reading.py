"""Lists of replays, newest first or by what happened in them, and those of issues and traces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import ask, in_groups, kept, micros
from vedette.items._replays import EVENT, REPLAYS
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.releases.lookup import KnownReleases
from vedette.replays.rows import ReplayRow, columns, row_of
from vedette.replays.searching import compile_replay_search
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects

MOST_ROWS: Final = 10_000
_MOST_OF_ONE = 200  # replays of an issue or a trace that are looked at
_AROUND = timedelta(hours=2)  # a replay is no longer than this

SORTS: Final = {
    "started": "started",
    "duration": "duration",
    "errors": "errors",
    "clicks": "clicks",
    "dead": "dead_clicks",
    "rage": "rage_clicks",
    "console": "console_errors",
    "requests": "failed_requests",
    "user": "user",
    "release": "release",
}
"""What a list can be in the order of, by the columns of the question."""


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """One page of a list."""

    rows: list[ReplayRow]
    has_more: bool


def list_replays(
    scope: Scope,
    query: str = "",
    *,
    sort: str = "started",
    is_rising: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> ReplayPage:
    """The replays that a search finds, in an order of `SORTS`, the most first unless `is_rising`.

    Raises SearchError for the search, BadQuery beyond `MOST_ROWS`, and StoreError.
    """
    having = []
    if query.strip():
        slugs = Project.objects.filter(pk__in=list(scope.visible)).values_list("slug", "pk")
        known = KnownReleases(scope.visible, scope.environments)
        having.append(compile_replay_search(query, projects=dict(slugs), releases=known))
    if scope.environments:
        chosen = q.OneOf(q.Field("environment"), list(scope.environments))
        having.append(q.Compare(q.call("count_if", chosen), ">", 0))
    order = q.Order(SORTS[sort], descending=not is_rising)
    keys = _in_order(scope, having, order, offset + limit + 1)
    shown = keys[offset : offset + limit]
    return ReplayPage(_with_keys(scope, shown, order), len(keys) > offset + limit)


def _in_order(
    scope: Scope, having: list[q.Condition], order: q.Order, limit: int
) -> list[tuple[int, str]]:
    """Project and id of the replays in order: all the rest is asked of those that are shown."""
    select = q.Select(
        table=REPLAYS.name,
        projects=scope.visible,
        columns={name: columns()[name] for name in ("project_id", "replay_id", order.name)},
        having=having,
        group_by=["project_id", "replay_id"],
        order_by=[order, q.Order("replay_id")],
        newest=REPLAYS.updates,
        start=micros(scope.period.start),
        end=micros(scope.period.end),
        limit=min(limit, MOST_ROWS + 1),
    )
    return [(row[0], row[1]) for row in store().query(select).rows]


def _with_keys(scope: Scope, keys: list[tuple[int, str]], order: q.Order) -> list[ReplayRow]:
    """The replays of these keys, in their order."""
    if not keys:
        return []
    visible = scope.visible.only({project_id for project_id, _ in keys})
    where: list[q.Condition] = [
        q.OneOf(q.Field("replay_id"), list[q.Value](name for _, name in keys))
    ]
    rows = _ask(visible, scope.period, where, order=order, limit=MOST_ROWS)
    found = {(row.project_id, row.replay_id): row for row in _with_urls(scope, rows)}
    return [found[key] for key in keys if key in found]


def replays_of_issue(visible: VisibleProjects, issue: Issue, *, limit: int = 10) -> list[ReplayRow]:
    """Replays in which the issue happened: first the one that shows most. Raises StoreError."""
    visible = visible.only([issue.project_id])
    return _at_moments(visible, moments_within(visible, [in_groups(group_ids(issue))]), limit)


def replays_of_trace(visible: VisibleProjects, trace_id: str) -> list[ReplayRow]:
    """Replays in which the trace began, by its errors and by what SDKs say. Raises StoreError."""
    start, end = kept()
    said = ask(
        visible,
        {"replay_id": q.Field("replay_id")},
        [q.Contains([q.Field("trace_ids")], trace_id)],
        start,
        end,
        table=REPLAYS.name,
        group_by=["replay_id"],
        limit=_MOST_OF_ONE,
    )
    of_errors = moments_within(visible, [q.Compare(q.Field("trace_id"), "=", trace_id)])
    return _at_moments(visible, {**dict.fromkeys(row[0] for row in said), **of_errors}, limit=10)


def moments_within(
    visible: VisibleProjects, where: Sequence[q.Condition]
) -> dict[str, float | None]:
    """The replays that errors name, those of the newest first, and when the newest of each
    happened, in milliseconds since 1970. Raises StoreError."""
    start, end = kept()
    rows = ask(
        visible,
        {"replay_id": q.Field("replay_id"), "last": q.call("max", q.TIME)},
        [*where, q.Present(q.Field("replay_id"))],
        start,
        end,
        table=ERRORS.name,
        group_by=["replay_id"],
        order_by=[q.Order("last", descending=True)],
        limit=_MOST_OF_ONE,
    )
    return {replay_id: last / 1000 for replay_id, last in rows}


def find_row(visible: VisibleProjects, replay_id: str) -> ReplayRow | None:
    """One replay of those that may be seen. Raises StoreError."""
    found = _with_ids(visible, [replay_id], limit=1)
    return found[0] if found else None


def find_rows(visible: VisibleProjects, ids: Collection[str]) -> dict[str, ReplayRow]:
    """Those of some replays that are here and may be seen, by id. Raises StoreError."""
    return {row.replay_id: row for row in _with_ids(visible, ids, limit=len(ids))}


def _at_moments(
    visible: VisibleProjects, moments: Mapping[str, float | None], limit: int
) -> list[ReplayRow]:
    rows = _with_ids(visible, moments, limit)
    return [replace(row, at_ms=moments[row.replay_id]) for row in rows]


def shows_most(row: ReplayRow) -> tuple[bool, int, float]:
    """What puts one replay before another: without gaps, with what people did, longer."""
    done = row.clicks + row.navigations + row.dead_clicks
    return not row.has_gaps, min(done, 50), min(row.seconds, 600.0)


def _with_ids(visible: VisibleProjects, ids: Iterable[str], limit: int) -> list[ReplayRow]:
    wanted = list[q.Value](ids)
    if not wanted:
        return []
    start, end = kept()
    period = Period(start=start, end=end, label="")
    where: list[q.Condition] = [q.OneOf(q.Field("replay_id"), wanted)]
    newest = q.Order(SORTS["started"], descending=True)
    rows = _ask(visible, period, where, order=newest, limit=_MOST_OF_ONE)
    best = sorted(rows, key=shows_most, reverse=True)[:limit]
    return _with_urls(Scope(visible=visible, period=period), best)


def _ask(
    visible: VisibleProjects,
    period: Period,
    where: list[q.Condition],
    *,
    order: q.Order,
    limit: int,
) -> list[ReplayRow]:
    select = q.Select(
        table=REPLAYS.name,
        projects=visible,
        columns=columns(),
        where=where,
        group_by=["project_id", "replay_id"],
        order_by=[order, q.Order("replay_id")],
        newest=REPLAYS.updates,
        start=micros(period.start),
        end=micros(period.end),
        limit=min(limit, MOST_ROWS + 1),
    )
    return [row_of(row) for row in store().query(select).dicts()]


def _with_urls(scope: Scope, rows: list[ReplayRow]) -> list[ReplayRow]:
    """The rows with the addresses of their pages: one question, however many there are."""
    if not rows:
        return []
    found = ask(
        scope.visible,
        {"replay_id": q.Field("replay_id"), "urls": q.Field("urls"), "n": q.Field("segment_id")},
        [
            q.OneOf(q.Field("replay_id"), [row.replay_id for row in rows]),
            q.Compare(q.Field("part"), "=", EVENT),
            q.Present(q.Field("urls")),
        ],
        min(row.started for row in rows) - _AROUND,
        max(row.finished for row in rows) + _AROUND,
        table=REPLAYS.name,
        order_by=[q.Order("n")],
        limit=q.MOST_ROWS,
    )
    urls: dict[str, dict[str, None]] = {}
    for replay_id, text, _ in found:
        urls.setdefault(replay_id, {}).update(dict.fromkeys(text.split("\n")))
    return [replace(row, urls=tuple(urls.get(row.replay_id, ()))) for row in rows]
