"""`sessions`: release health in Sentry's form, in total and over time, grouped as asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta, field

from vedette.access.actions import Action
from vedette.issues import telemetry
from vedette.issues.shapes import Scope
from vedette.items.session import SESSIONS
from vedette.releases import health
from vedette.releases.lookup import KnownReleases
from vedette.search import SearchError, compile_event_search, fields_of, parse
from vedette.store import query as q
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Filter, Name, Text, read_span

_GROUPS: Final = {
    "project": "project_id",
    "release": "release",
    "environment": "environment",
    "session.status": "state",
}
_Group: TypeAlias = Literal["project", "release", "environment", "session.status"]
_Field: TypeAlias = Literal[
    "sum(session)",
    "count_unique(user)",
    "crash_rate(session)",
    "crash_rate(user)",
    "crash_free_rate(session)",
    "crash_free_rate(user)",
    "avg(session.duration)",
    "p50(session.duration)",
    "p95(session.duration)",
    "p99(session.duration)",
]
_LEAST_SECONDS: Final = 60
_MOST_FIGURES: Final = 50_000
_MOST_INTERVALS: Final = 10_000
_TIME: Final = "at"
_Key: TypeAlias = tuple[str | int, ...]
_Row: TypeAlias = Mapping[str, float | int | None]


class SessionsQuery(Filter):
    """Which figures, of which sessions, in which steps. Rates lie between 0 and 1."""

    fields: Annotated[list[_Field], Meta(max_length=10)] = field(default=[], name="field")
    group_by: Annotated[list[_Group], Meta(max_length=4)] = []
    interval: Name = "1h"
    query: Text = ""
    include_totals: Literal["0", "1"] = "1"
    include_series: Literal["0", "1"] = "1"


@endpoint(get=Action.VIEW_RELEASES, query=SessionsQuery)
def sessions(
    request: HttpRequest, caller: Caller, query: SessionsQuery, organization: str
) -> HttpResponse:
    """The figures of each group, the largest groups first."""
    scope = query.scope(caller.visible(organization), caller.projects(organization), default="90d")
    names: list[_Field] = list(dict.fromkeys(query.fields)) or ["sum(session)"]
    groups: list[_Group] = list(dict.fromkeys(query.group_by))
    width = _width(query.interval)
    start = int(scope.period.start.timestamp()) // width * width
    times = list(range(start, int(scope.period.end.timestamp()) + 1, width))
    if len(times) > _MOST_INTERVALS:
        raise ApiError(400, "The interval is too short for this range")
    where = [*telemetry.in_environments(scope), *_condition(query.query, scope)]
    totals = _ask(scope, names, groups, where)
    series: dict[_Key, dict[int, _Row]] = defaultdict(dict)
    if query.include_series == "1":
        for (at, *key), row in _ask(scope, names, groups, where, width=width).items():
            series[tuple(key)][int(at)] = row
    return answer(
        {
            "start": time_text(scope.period.start),
            "end": time_text(scope.period.end),
            "query": query.query,
            "intervals": [time_text(datetime.fromtimestamp(at, UTC)) for at in times],
            "groups": [
                {
                    "by": dict(zip(groups, key, strict=True)),
                    **({"totals": row} if query.include_totals == "1" else {}),
                    **(
                        {"series": _series(names, series[key], times)}
                        if query.include_series == "1"
                        else {}
                    ),
                }
                for key, row in totals.items()
            ],
        }
    )


def _width(text: str) -> int:
    span = read_span(text)
    if span is None or span.total_seconds() < _LEAST_SECONDS:
        raise ApiError(400, f"Invalid interval: {text[:20]!r}")
    return int(span.total_seconds())


def _condition(text: str, scope: Scope) -> list[q.Condition]:
    """The search as a condition on sessions."""
    if not text.strip():
        return []
    known = KnownReleases(scope.visible, scope.environments)
    try:
        return [compile_event_search(parse(text), fields_of(SESSIONS.name), releases=known)]
    except SearchError as error:
        raise ApiError(400, f"Error parsing search query: {error}") from None


def _ask(
    scope: Scope,
    names: Sequence[_Field],
    groups: Sequence[_Group],
    where: list[q.Condition],
    width: int | None = None,
) -> dict[_Key, _Row]:
    """The figures of each group, in each step of time if `width` says how long that is."""
    columns: dict[str, q.Expression] = {_TIME: q.bucket(width)} if width else {}
    columns |= {_GROUPS[group]: q.Field(_GROUPS[group]) for group in groups}
    grouped = list(columns)
    columns |= {f"f{number}": _EXPRESSIONS[name] for number, name in enumerate(names)}
    rows = health.ask_sessions(
        scope.visible,
        {**columns, "sessions": _SESSIONS},
        where,
        scope.period.start,
        scope.period.end,
        group_by=grouped,
        order_by=[q.Order("sessions", True), *map(q.Order, grouped)],
        limit=_MOST_FIGURES + 1,
    )
    if len(rows) > _MOST_FIGURES:
        raise ApiError(400, "Too many groups: ask for fewer, a longer interval or a shorter range")
    return {
        tuple(row[: len(grouped)]): _figures(names, row[len(grouped) : -1])
        for row in rows
        if row[-1] is not None  # without groups there is a row for nothing at all
    } or ({} if groups or width else {(): _figures(names, [None] * len(names))})


def _figures(names: Sequence[_Field], values: Sequence[Any]) -> _Row:
    """Counts of nothing are 0, rates and times of nothing are null."""
    return {
        name: (int(value or 0) if name in _COUNTS else value)
        for name, value in zip(names, values, strict=True)
    }


def _series(
    names: Sequence[_Field], rows: Mapping[int, _Row], times: Sequence[int]
) -> dict[str, list[float | int | None]]:
    empty = _figures(names, [None] * len(names))
    return {name: [rows.get(at, empty)[name] for at in times] for name in names}


def _rate(part: q.Expression, whole: q.Expression) -> q.Expression:
    return q.call("divide", part, whole)


def _free(rate: q.Expression) -> q.Expression:
    return q.call("subtract", 1.0, rate)


_COUNTS: Final = ("sum(session)", "count_unique(user)")
_SESSIONS: Final = q.call("sum", q.Field("quantity"))
_CRASHED: Final = _rate(health.sessions_that("crashed"), _SESSIONS)
_CRASHED_USERS: Final = _rate(health.crashed_users(), health.users())
_DURATION: Final = q.Field("duration_seconds")
_EXPRESSIONS: Final[Mapping[_Field, q.Expression]] = {
    "sum(session)": _SESSIONS,
    "count_unique(user)": health.users(),
    "crash_rate(session)": _CRASHED,
    "crash_rate(user)": _CRASHED_USERS,
    "crash_free_rate(session)": _free(_CRASHED),
    "crash_free_rate(user)": _free(_CRASHED_USERS),
    "avg(session.duration)": q.call("avg", _DURATION),
    "p50(session.duration)": q.call("quantile", _DURATION, 0.5),
    "p95(session.duration)": q.call("quantile", _DURATION, 0.95),
    "p99(session.duration)": q.call("quantile", _DURATION, 0.99),
}

ROUTES = [path("organizations/<str:organization>/sessions/", sessions)]
