"""Completion for the search box, and the environments of the picker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from vedette import clock
from vedette.issues import telemetry
from vedette.issues.shapes import Scope, TagValue
from vedette.items import kind_of
from vedette.projects.models import Project
from vedette.search import known_keys
from vedette.store import query as q

_MOST = 20
_REMEMBER_SECONDS = 30.0
_environments: dict[tuple[int, ...], tuple[float, list[str]]] = {}


def suggest_keys(scope: Scope, prefix: str) -> list[str]:
    """Search keys and tag keys that begin with `prefix`."""
    known = [key.name for key in known_keys(prefix)]
    rows = telemetry.ask(
        {"key": q.Field("tag_key"), "n": q.count()},
        [*telemetry.in_scope(scope), q.Matches(q.Field("tag_key"), f"{prefix}*")],
        scope.period.start,
        scope.period.end,
        group_by=["key"],
        order_by=[q.Order("n", True)],
        limit=_MOST,
        explode_tags=True,
    )
    return list(dict.fromkeys([*known, *(row[0] for row in rows)]))[: 2 * _MOST]


def suggest_values(scope: Scope, key: str, prefix: str) -> list[TagValue]:
    """The most frequent values of a search key that contain `prefix`."""
    known = kind_of("event").fields.get(key)
    value: q.Expression = q.Field(known.column) if known else q.Tag(key)
    rows = telemetry.ask(
        {"value": value, "n": q.count()},
        [*telemetry.in_scope(scope), q.Present(value), q.Matches(value, f"*{prefix}*")],
        scope.period.start,
        scope.period.end,
        group_by=["value"],
        order_by=[q.Order("n", True)],
        limit=_MOST,
    )
    total = sum(count for _, count in rows) or 1
    return [
        TagValue(value=str(text), count=count, percent=100 * count / total) for text, count in rows
    ]


def list_environments(projects: Sequence[Project]) -> list[str]:
    """The environments these projects have sent from in the last 30 days."""
    key = tuple(sorted(project.pk for project in projects))
    held = _environments.get(key)
    if held is not None and time.monotonic() - held[0] < _REMEMBER_SECONDS:
        return held[1]
    now = clock.now()
    rows = telemetry.ask(
        {"environment": q.Field("environment"), "n": q.count()},
        [telemetry.in_projects(projects)],
        now - timedelta(days=30),
        now + timedelta(minutes=1),
        group_by=["environment"],
        order_by=[q.Order("n", True)],
        limit=100,
    )
    names = sorted(row[0] for row in rows if row[0])
    if len(_environments) > 1000:
        _environments.clear()
    _environments[key] = (time.monotonic(), names)
    return names
