"""`events-timeseries/`: figures over time, each line with its group and its steps by themselves.

Sentry's documented successor of `events-stats/`; Grafana's Sentry data source asks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette import clock
from vedette.access.actions import Action
from vedette.explore.asking import Chart, Line
from vedette.explore.datasets import dataset_named
from vedette.explore.fields import Column, is_call, read_column
from vedette.telemetry import exploring
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError
from vedette.web.api.parameters import Filter, Name, Text
from vedette.web.api.sentry._exploring import Fields, searched, step_of


class TimeSeriesQuery(Filter):
    """Which figures over time; with `topEvents` a line for each of the largest groups.

    The largest are those of the first figure. `interval` is in seconds, or as in `5m`.
    """

    dataset: Name = "errors"
    y_axis: Fields = []
    group_by: Fields = []
    query: Text = ""
    sort: Fields = []
    interval: Name = ""
    top_events: Annotated[int, Meta(ge=0, le=20)] = 0
    exclude_other: Literal["", "0", "1"] = ""


@endpoint(get=Action.VIEW_EVENTS, query=TimeSeriesQuery)
def time_series(
    request: HttpRequest, caller: Caller, query: TimeSeriesQuery, organization: str
) -> HttpResponse:
    """A line for each figure, or one for each of the largest groups and figures."""
    scope = query.scope(caller.visible(organization), caller.projects(organization))
    dataset = dataset_named(query.dataset)
    figures = [read_column(one, dataset) for one in dict.fromkeys(query.y_axis or ["count()"])]
    if not all(one.is_aggregate for one in figures):
        raise ApiError(400, "yAxis needs aggregates, such as count() or p95(span.duration)")
    groups = [one for one in query.group_by if not is_call(one)] if query.top_events else []
    step = step_of(query.interval, scope)
    names = [*groups, *(one.written for one in figures)]
    asked = searched(lambda: exploring.exploration(scope, dataset, names, query.query))
    made = exploring.ask_chart(asked, figures, step, query.top_events or 5)
    lines = [one for one in made.lines if not (one.is_others and query.exclude_other == "1")]
    slugs = {project.pk: project.slug for project in caller.projects(organization)}
    return answer(
        {
            "meta": {
                "dataset": query.dataset,
                "start": scope.period.start.timestamp() * 1000,
                "end": scope.period.end.timestamp() * 1000,
            },
            "timeSeries": [
                _series(line, made, asked.groups, slugs, order)
                for order, line in enumerate(_in_order(lines, figures))
            ],
        }
    )


def _in_order(lines: Sequence[Line], figures: Sequence[Column]) -> list[Line]:
    """Without groups the lines of the figures as they were asked."""
    if any(line.parts or line.is_others for line in lines):
        return list(lines)
    return sorted(lines, key=lambda line: figures.index(line.column))


def _series(
    line: Line, made: Chart, groups: Sequence[Column], slugs: dict[int, str], order: int
) -> dict[str, Any]:
    whole = line.column.kind == "integer"
    now = clock.now().timestamp()
    shape: dict[str, Any] = {
        "yAxis": line.column.written,
        "values": [
            {
                "timestamp": start * 1000,
                "value": round(value) if whole and value is not None else value,
                "incomplete": start + made.step > now,
            }
            for start, value in zip(made.starts, line.values, strict=True)
        ],
        "meta": {
            "valueType": line.column.kind,
            "valueUnit": line.column.unit,
            "interval": made.step * 1000,
            "order": order,
            "isOther": line.is_others,
        },
    }
    if groups:
        shape["groupBy"] = [
            {"key": column.written, "value": _told(column, value, slugs)}
            for column, value in zip(groups, line.parts, strict=bool(line.parts))
        ]
    return shape


def _told(column: Column, value: Any, slugs: dict[int, str]) -> Any:
    """The value of a group; a project is told by its slug."""
    is_project = column.kind == "string" and isinstance(value, int) and not isinstance(value, bool)
    return slugs.get(value, str(value)) if is_project else value


ROUTES = [path("organizations/<str:organization>/events-timeseries/", time_series)]
