"""Completion for the search box, and the environments of the picker."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta

from vedette import clock
from vedette.issues import telemetry
from vedette.issues.shapes import Scope, TagValue
from vedette.search import (
    Fields,
    fields_of,
    guarded,
    key_expression,
    known_keys,
    written_key,
)
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

_MOST = 20
_MOST_ENVIRONMENTS = 100
_REMEMBER_SECONDS = 30.0
_environments: dict[tuple[int, ...] | None, tuple[float, list[str]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search box looks through: the rows of a table that fulfil conditions."""

    fields: Fields = field(default_factory=fields_of)
    where: tuple[q.Condition, ...] = ()
    has_issues: bool = True


def suggest_keys(scope: Scope, prefix: str, searched: Searched | None = None) -> list[str]:
    """Search keys and tag keys that begin with `prefix`, as they are written in a search."""
    about = searched or Searched()
    known = [
        key.name
        for key in known_keys(prefix, is_issue_search=about.has_issues, fields=about.fields)
    ]
    rows = telemetry.ask(
        scope.visible,
        {"key": q.Field("tag_key"), "n": q.count()},
        [
            *_chosen(scope, about),
            q.Matches(q.Field("tag_key"), f"{guarded(prefix)}*"),
        ],
        scope.period.start,
        scope.period.end,
        table=about.fields.table.name,
        group_by=["key"],
        order_by=[q.Order("n", True), q.Order("key")],
        limit=_MOST,
        explode_tags=True,
    )
    tags = [row[0] if row[0] in known else written_key(row[0]) for row in rows]
    return list(dict.fromkeys([*known, *tags]))[: 2 * _MOST]


def suggest_values(
    scope: Scope, key: str, prefix: str, searched: Searched | None = None
) -> list[TagValue]:
    """The most frequent values of a search key that contain `prefix`; shares are of all such.

    A key with few values by its nature (`is`) gives those, uncounted.
    """
    about = searched or Searched()
    value = key_expression(key, about.fields)
    if value is None:
        keys = known_keys(key, is_issue_search=about.has_issues, fields=about.fields)
        named = (one for one in keys if one.name == key)
        texts = (text for one in named for text in one.values if prefix.lower() in text)
        return [TagValue(value=text, count=0, percent=0.0) for text in texts]
    where: list[q.Condition] = [
        *_chosen(scope, about),
        q.Present(value),
        q.Matches(value, f"*{guarded(prefix)}*"),
    ]
    start, end, table = scope.period.start, scope.period.end, about.fields.table.name
    rows = telemetry.ask(
        scope.visible,
        {"value": value, "n": q.count()},
        where,
        start,
        end,
        table=table,
        group_by=["value"],
        order_by=[q.Order("n", True), q.Order("value")],
        limit=_MOST,
    )
    total = sum(count for _, count in rows)
    if len(rows) == _MOST:
        ((total,),) = telemetry.ask(scope.visible, {"n": q.count()}, where, start, end, table=table)
    return [
        TagValue(value=str(text), count=count, percent=100 * count / total) for text, count in rows
    ]


def _chosen(scope: Scope, about: Searched) -> list[q.Condition]:
    return [*about.where, *telemetry.in_environments(scope)]


def environments_by_project(visible: VisibleProjects) -> dict[int, list[str]]:
    """The most used environments of each project in the last 30 days, by the project's number."""
    now = clock.now()
    rows = telemetry.ask(
        visible,
        {"project": q.Field("project_id"), "environment": q.Field("environment"), "n": q.count()},
        [q.Present(q.Field("environment"))],
        now - timedelta(days=30),
        now + timedelta(minutes=1),
        group_by=["project", "environment"],
        order_by=[q.Order("n", True), q.Order("environment")],
        limit_by=q.LimitBy(["project"], _MOST),
    )
    found: dict[int, list[str]] = {}
    for project, environment, _ in rows:
        found.setdefault(project, []).append(environment)
    return {project: sorted(names) for project, names in found.items()}


def list_environments(visible: VisibleProjects) -> list[str]:
    """The hundred most used environments of the last 30 days."""
    held = _environments.get(visible.ids)
    if held is not None and time.monotonic() - held[0] < _REMEMBER_SECONDS:
        return held[1]
    now = clock.now()
    rows = telemetry.ask(
        visible,
        {"environment": q.Field("environment"), "n": q.count()},
        [q.Present(q.Field("environment"))],
        now - timedelta(days=30),
        now + timedelta(minutes=1),
        group_by=["environment"],
        order_by=[q.Order("n", True), q.Order("environment")],
        limit=_MOST_ENVIRONMENTS,
    )
    names = sorted(row[0] for row in rows)
    if len(_environments) > 1000:
        _environments.clear()
    _environments[visible.ids] = (time.monotonic(), names)
    return names
