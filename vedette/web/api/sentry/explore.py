"""`events/`, `events-stats/`, `events-meta/`: any question over telemetry, in Sentry's form.

Grafana's Sentry data source, Sentry's MCP server and scripts ask these (protocol, 5.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta, field

from vedette.access.actions import Action
from vedette.explore.arguments import ISSUE
from vedette.explore.asking import MOST_ROWS, OTHERS, Chart, Line, Table
from vedette.explore.datasets import dataset_named
from vedette.explore.fields import Column, is_call, read_column
from vedette.issues.cursors import read_offset
from vedette.issues.shapes import Scope
from vedette.telemetry import exploring
from vedette.telemetry.issues import issues_of
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Filter, Name, Paging, Text, paginate
from vedette.web.api.sentry._exploring import Fields, searched, step_of

_MOST_ON_A_PAGE: Final = 100
_ENDED = "id"


class EventsQuery(Paging):
    """Which dataset, which of its rows, which columns, in which order.

    With an aggregate among the fields the others group the rows. `sort` may be a field or an
    aggregate, `-` before it turns it round; `p95_span_duration` is Sentry's older spelling.
    """

    dataset: Name = "errors"
    fields: Fields = field(default=[], name="field")
    query: Text = ""
    sort: Fields = []


class StatsQuery(Filter):
    """Which figures over time; with `topEvents` a line for each of the largest groups."""

    dataset: Name = "errors"
    y_axis: Fields = []
    fields: Fields = field(default=[], name="field")
    query: Text = ""
    sort: Fields = []
    orderby: Fields = []
    interval: Name = ""
    top_events: Annotated[int, Meta(ge=0, le=20)] = 0
    exclude_other: Literal["", "0", "1"] = ""


class MetaQuery(Filter):
    """Which rows are counted."""

    dataset: Name = "errors"
    query: Text = ""


@endpoint(get=Action.VIEW_EVENTS, query=EventsQuery)
def events(
    request: HttpRequest, caller: Caller, query: EventsQuery, organization: str
) -> HttpResponse:
    """Rows of a dataset, or what groups of them come to."""
    scope = query.scope(caller.visible(organization), caller.projects(organization))
    dataset = dataset_named(query.dataset)
    names = [name.strip() for name in query.fields if name.strip()] or list(dataset.columns)
    size, offset = query.size(default=50, most=_MOST_ON_A_PAGE), read_offset(query.cursor)
    if offset + size > MOST_ROWS:
        raise ApiError(400, f"Only the first {MOST_ROWS} rows can be asked for")
    asked = searched(
        lambda: exploring.exploration(
            scope,
            dataset,
            names,
            query.query,
            sort=[_spelled(one, names) for one in query.sort],
            limit=size,
            offset=offset,
        )
    )
    found = exploring.ask_table(asked)
    slugs = {project.pk: project.slug for project in caller.projects(organization)}
    issues = _short_names(found.columns, found.rows, scope)
    response = answer(
        {
            "data": [_row(found, row, slugs, issues) for row in found.rows],
            "meta": {
                "fields": {one.written: _kind(one) for one in found.columns},
                "units": {one.written: one.unit for one in found.columns},
                "isMetricsData": False,
                "dataset": query.dataset,
                "datasetReason": "unchanged",
            },
        }
    )
    following = f"o:{offset + size}" if found.has_more else None
    previous = f"o:{max(0, offset - size)}" if offset else None
    return paginate(request, response, following=following, previous=previous)


@endpoint(get=Action.VIEW_EVENTS, query=StatsQuery)
def events_stats(
    request: HttpRequest, caller: Caller, query: StatsQuery, organization: str
) -> HttpResponse:
    """Figures over time: one line, one for each figure, or one for each of the largest groups."""
    scope = query.scope(caller.visible(organization), caller.projects(organization))
    dataset = dataset_named(query.dataset)
    figures = [read_column(one, dataset) for one in query.y_axis or ["count()"]]
    if not all(one.is_aggregate for one in figures):
        raise ApiError(400, "yAxis needs aggregates, such as count() or p95(span.duration)")
    groups = [one for one in query.fields if not is_call(one)] if query.top_events else []
    step = step_of(query.interval, scope)
    names = [*groups, *(one.written for one in figures)]
    asked = searched(lambda: exploring.exploration(scope, dataset, names, query.query))
    made = exploring.ask_chart(asked, figures, step, query.top_events or 5)
    if query.top_events:
        slugs = {project.pk: project.slug for project in caller.projects(organization)}
        lines = _named(made, asked.groups, scope, slugs)
        without_others = query.exclude_other == "1"
        return answer(_largest(lines, made, figures, scope, without_others=without_others))
    by_name = {line.column.written: line for line in made.lines}
    if len(figures) == 1:
        return answer(_line(by_name[figures[0].written], made, scope))
    return answer(
        {
            one.written: {**_line(by_name[one.written], made, scope), "order": order}
            for order, one in enumerate(figures)
        }
    )


@endpoint(get=Action.VIEW_EVENTS, query=MetaQuery)
def events_meta(
    request: HttpRequest, caller: Caller, query: MetaQuery, organization: str
) -> HttpResponse:
    """How many rows there are."""
    scope = query.scope(caller.visible(organization), caller.projects(organization))
    dataset = dataset_named(query.dataset)
    asked = searched(lambda: exploring.exploration(scope, dataset, ["count()"], query.query))
    ((count,),) = exploring.ask_table(asked).rows or [[0]]
    return answer({"count": round(count)})


def _spelled(written: str, names: Sequence[str]) -> str:
    """A column of `sort`, whose aggregates Sentry's older clients write with underscores."""
    sign, name = ("-", written[1:]) if written.startswith("-") else ("", written)
    for known in names:
        if is_call(known) and name == _underscored(known):
            return sign + known
    return sign + name


def _underscored(call: str) -> str:
    flat = "".join(char if char.isalnum() else "_" for char in call)
    while "__" in flat:
        flat = flat.replace("__", "_")
    return flat.strip("_")


def _row(
    found: Table, row: Sequence[Any], slugs: dict[int, str], names: dict[int, str]
) -> dict[str, Any]:
    return {
        column.written: names.get(value) if column.kind == ISSUE else _value(column, value, slugs)
        for column, value in zip(found.columns, row, strict=True)
    }


def _short_names(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], scope: Scope
) -> dict[int, str]:
    """The short names of the issues in rows, by their groups."""
    places = [at for at, one in enumerate(columns) if one.kind == ISSUE]
    groups = {row[at] for row in rows for at in places}
    known = issues_of(scope.visible, groups) if groups else {}
    return {group: issue.short_name for group, issue in known.items()}


def _kind(column: Column) -> str:
    return "string" if column.kind == ISSUE else column.kind


def _value(column: Column, value: Any, slugs: dict[int, str]) -> Any:
    if column.kind == "date" and isinstance(value, int | float):
        return time_text(datetime.fromtimestamp(value / 1_000_000, UTC))
    if column.kind == "string" and isinstance(value, int) and not isinstance(value, bool):
        return slugs.get(value, str(value))  # the project is kept by its number
    if column.kind == "integer" and isinstance(value, float):
        return round(value)
    return value


def _line(line: Line, made: Chart, scope: Scope) -> dict[str, Any]:
    whole = line.column.kind == "integer"
    return {
        "data": [
            [start, [{"count": round(value) if whole and value is not None else value or 0}]]
            for start, value in zip(made.starts, line.values, strict=True)
        ],
        "start": int(scope.period.start.timestamp()),
        "end": int(scope.period.end.timestamp()),
        "isMetricsData": False,
        "meta": {
            "fields": {line.column.written: line.column.kind},
            "units": {line.column.written: line.column.unit},
        },
    }


def _named(
    made: Chart, groups: Sequence[Column], scope: Scope, slugs: dict[int, str]
) -> list[tuple[str, Line]]:
    """The lines with the names of their groups; no two groups have one name, as in Sentry."""
    issues = _short_names(groups, [line.parts for line in made.lines if line.parts], scope)
    found: list[tuple[str, Line]] = []
    taken: dict[str, tuple[Any, ...]] = {}
    for line in made.lines:
        if line.is_others:
            found.append((OTHERS, line))
            continue
        texts = [
            issues.get(part) if column.kind == ISSUE else _value(column, part, slugs)
            for column, part in zip(groups, line.parts, strict=True)
        ]
        name = ",".join("" if text is None else str(text) for text in texts)
        if name == OTHERS:
            name = f"{name} ({groups[0].written})"
        while taken.setdefault(name, line.parts) != line.parts:
            name += " "  # "a,b" and "c", and "a" and "b,c"
        found.append((name, line))
    return found


def _largest(
    lines: Sequence[tuple[str, Line]],
    made: Chart,
    figures: Sequence[Column],
    scope: Scope,
    *,
    without_others: bool,
) -> dict[str, Any]:
    """A line for each group by its name; with several figures one for each of them within."""
    found: dict[str, Any] = {}
    for name, line in lines:
        if line.is_others and without_others:
            continue
        shape = _line(line, made, scope)
        if len(figures) == 1:
            found[name] = {**shape, "order": len(found)}
        else:
            found.setdefault(name, {"order": len(found)})[line.column.written] = shape
    return found


ROUTES = [
    path("organizations/<str:organization>/events/", events),
    path("organizations/<str:organization>/events-stats/", events_stats),
    path("organizations/<str:organization>/events-meta/", events_meta),
]
