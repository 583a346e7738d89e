"""Lists of replays, newest first or by what happened in them, and those of issues and traces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from vedette.issues.lookup import group_ids
from vedette.issues.models import Issue
from vedette.issues.shapes import Period, Scope
from vedette.issues.telemetry import ask, in_groups, kept, micros, moment
from vedette.items._replays import EVENT, RECORDING, REPLAYS
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.releases.lookup import KnownReleases
from vedette.replays.searching import SUMMED, compile_replay_search, total
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.visible import VisibleProjects

MOST_ROWS: Final = 10_000
_MOST_OF_ONE = 200  # replays of an issue or a trace that are looked at
_AROUND = timedelta(hours=2)  # a replay is no longer than this

SORTS: Final[dict[str, tuple[str, str]]] = {
    "newest": ("started", "newest"),
    "duration": ("duration", "longest"),
    "errors": ("errors", "most errors"),
    "clicks": ("clicks", "most clicks"),
    "dead": ("dead_clicks", "most dead clicks"),
    "rage": ("rage_clicks", "most rage clicks"),
    "console": ("console_errors", "most console errors"),
    "requests": ("failed_requests", "most failed requests"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """One replay, as far as it has come. `urls` are those of its pages, in order."""

    project_id: int
    replay_id: str
    type: str
    started: datetime
    finished: datetime
    segments: int
    has_gaps: bool
    errors: int
    clicks: int
    dead_clicks: int
    rage_clicks: int
    slow_clicks: int
    console_errors: int
    failed_requests: int
    navigations: int
    hydrate_errors: int
    mutations: int
    size_bytes: int
    urls: tuple[str, ...]
    user: str
    user_id: str
    user_email: str
    user_username: str
    user_ip: str
    browser: str
    os: str
    device: str
    release: str
    environment: str
    platform: str
    sdk_name: str
    sdk_version: str

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return max(0.0, (self.finished - self.started).total_seconds())


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """One page of a list."""

    rows: list[ReplayRow]
    has_more: bool


def list_replays(
    scope: Scope, query: str = "", *, sort: str = "newest", limit: int = 50, offset: int = 0
) -> ReplayPage:
    """The replays that a search finds, in an order of `SORTS`.

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
    rows = _ask(scope.visible, scope.period, [], having, sort=sort, limit=offset + limit + 1)
    shown = rows[offset : offset + limit]
    return ReplayPage(_with_urls(scope, shown), len(rows) > offset + limit)


def replays_of_issue(visible: VisibleProjects, issue: Issue, *, limit: int = 10) -> list[ReplayRow]:
    """Replays in which the issue happened: first the one that shows most. Raises StoreError."""
    visible = visible.only([issue.project_id])
    return _with_ids(visible, ids_within(visible, [in_groups(group_ids(issue))]), limit)


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
    of_errors = ids_within(visible, [q.Compare(q.Field("trace_id"), "=", trace_id)])
    return _with_ids(visible, dict.fromkeys([*(row[0] for row in said), *of_errors]), limit=10)


def ids_within(visible: VisibleProjects, where: Sequence[q.Condition]) -> list[str]:
    """The replays that errors name, those of the newest first. Raises StoreError."""
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
    return [row[0] for row in rows]


def find_row(visible: VisibleProjects, replay_id: str) -> ReplayRow | None:
    """One replay of those that may be seen. Raises StoreError."""
    found = _with_ids(visible, [replay_id], limit=1)
    return found[0] if found else None


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
    rows = _ask(visible, period, where, [], sort="newest", limit=_MOST_OF_ONE)
    best = sorted(rows, key=shows_most, reverse=True)[:limit]
    return _with_urls(Scope(visible=visible, period=period), best)


def _ask(
    visible: VisibleProjects,
    period: Period,
    where: list[q.Condition],
    having: list[q.Condition],
    *,
    sort: str,
    limit: int,
) -> list[ReplayRow]:
    select = q.Select(
        table=REPLAYS.name,
        projects=visible,
        columns=_columns(),
        where=where,
        having=having,
        group_by=["project_id", "replay_id"],
        order_by=[q.Order(SORTS[sort][0], descending=True), q.Order("replay_id")],
        newest=REPLAYS.updates,
        start=micros(period.start),
        end=micros(period.end),
        limit=min(limit, MOST_ROWS + 1),
    )
    return [_row(row) for row in store().query(select).dicts()]


def _columns() -> dict[str, q.Expression]:
    first = q.call("coalesce", q.call("min", q.Field("started")), q.call("min", q.TIME))
    recorded = q.Compare(q.Field("part"), "=", RECORDING)
    latest = {
        name: q.call("last", q.Field(name), q.TIME)
        for name in (*_TEXTS.values(), "replay_type")
    }  # fmt: skip
    return {
        "project_id": q.Field("project_id"),
        "replay_id": q.Field("replay_id"),
        "started": first,
        "finished": q.call("max", q.TIME),
        "duration": q.call(
            "subtract", q.call("max", q.Field("last_ms")), q.call("min", q.Field("first_ms"))
        ),
        "last_segment": q.call("max", q.Field("segment_id")),
        "segments": q.call("count_if", recorded),
        "size": q.call("sum", q.Field("size_bytes")),
        **{name: total(name) for name in SUMMED},
        **latest,
    }


_TEXTS = {
    "user": "user_key",
    "user_id": "user_id",
    "user_email": "user_email",
    "user_username": "user_username",
    "user_ip": "user_ip",
    "browser": "browser_name",
    "os": "os_name",
    "device": "device",
    "release": "release",
    "environment": "environment",
    "platform": "platform",
    "sdk_name": "sdk_name",
    "sdk_version": "sdk_version",
}


def _row(row: dict[str, Any]) -> ReplayRow:
    counts: dict[str, Any] = {name: int(row[name]) for name in SUMMED}
    texts: dict[str, Any] = {name: row[column] or "" for name, column in _TEXTS.items()}
    return ReplayRow(
        project_id=row["project_id"],
        replay_id=row["replay_id"],
        type=row["replay_type"] or "session",
        started=moment(row["started"]),
        finished=moment(row["finished"]),
        segments=row["segments"],
        has_gaps=row["segments"] <= row["last_segment"],
        size_bytes=int(row["size"] or 0),
        urls=(),
        **counts,
        **texts,
    )


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
