"""`tags/` of an organisation, and the values of one: what people can filter and group by."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vedette.access.actions import Action
from vedette.explore.arguments import field_expression
from vedette.explore.datasets import dataset_named
from vedette.issues.shapes import Scope
from vedette.issues.telemetry import in_environments, micros, moment
from vedette.store import query as q
from vedette.store.access import store
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.issue_shapes import time_text
from vedette.web.api.parameters import Filter, Name, Text

_MOST_KEYS = 1000
_MOST_VALUES = 100


class TagsQuery(Filter):
    """Of which dataset, within the shared filter."""

    dataset: Name = "errors"


class ValuesQuery(TagsQuery):
    """Values that contain `query`."""

    query: Text = ""


@endpoint(get=Action.VIEW_EVENTS, query=TagsQuery)
def list_tags(
    request: HttpRequest, caller: Caller, query: TagsQuery, organization: str
) -> HttpResponse:
    """The keys, the most frequent first."""
    scope = query.scope(caller.visible(organization), caller.projects(organization), default="14d")
    rows = _ask(
        scope,
        query.dataset,
        {"key": q.Field("tag_key"), "total": q.count()},
        [],
        group_by=["key"],
        limit=_MOST_KEYS,
        explode_tags=True,
    )
    return answer([{"key": key, "name": key, "totalValues": total} for key, total in rows])


@endpoint(get=Action.VIEW_EVENTS, query=ValuesQuery)
def list_values(
    request: HttpRequest, caller: Caller, query: ValuesQuery, organization: str, key: str
) -> HttpResponse:
    """The values of one key, be it a tag or a field, the most frequent first."""
    scope = query.scope(caller.visible(organization), caller.projects(organization), default="14d")
    field = field_expression(key, dataset_named(query.dataset))
    held = field if isinstance(field, q.Field | q.Tag) else q.Tag(key)
    where: list[q.Condition] = [q.Present(held)]
    if query.query:
        where.append(q.Contains([held], query.query))
    rows = _ask(
        scope,
        query.dataset,
        {
            "value": held,
            "first": q.call("min", q.TIME),
            "last": q.call("max", q.TIME),
            "total": q.count(),
        },
        where,
        group_by=["value"],
        limit=_MOST_VALUES,
    )
    slugs = {project.pk: project.slug for project in caller.projects(organization)}
    is_project = isinstance(held, q.Field) and held.name == "project_id"
    names = {row[0]: slugs.get(row[0], "") if is_project else _text(row[0]) for row in rows}
    return answer(
        [
            {
                "key": key,
                "name": names[value],
                "value": names[value],
                "count": total,
                "firstSeen": time_text(moment(first)),
                "lastSeen": time_text(moment(last)),
            }
            for value, first, last, total in rows
        ]
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ask(
    scope: Scope,
    dataset: str,
    columns: dict[str, q.Expression],
    where: list[q.Condition],
    *,
    group_by: list[str],
    limit: int,
    explode_tags: bool = False,
) -> list[list[Any]]:
    chosen = dataset_named(dataset)
    select = q.Select(
        table=chosen.table,
        projects=scope.visible,
        columns=columns,
        where=[*chosen.where, *in_environments(scope), *where],
        start=micros(scope.period.start),
        end=micros(scope.period.end),
        group_by=group_by,
        order_by=[q.Order("total", descending=True), q.Order(group_by[0])],
        limit=limit,
        explode_tags=explode_tags,
    )
    return store().query(select).rows


ROUTES = [
    path("organizations/<str:organization>/tags/", list_tags),
    path("organizations/<str:organization>/tags/<str:key>/values/", list_values),
]
