"""Explorations within a scope: what pages and API ask in people's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from vedette.explore.arguments import ISSUE
from vedette.explore.asking import Chart, Exploration, Table, chart, table
from vedette.explore.datasets import Dataset
from vedette.explore.fields import Column, read_column
from vedette.explore.searching import Found, read_search
from vedette.issues.shapes import Scope
from vedette.issues.telemetry import micros
from vedette.projects.models import Project
from vedette.releases.lookup import KnownReleases
from vedette.store.access import store
from vedette.telemetry.issues import events_of, first_group

# Steps of charts that people can read off, in seconds.
STEPS = (
    *(10, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 2 * 3600, 3 * 3600, 4 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400),
)


def search_in(scope: Scope, dataset: Dataset, text: str) -> Found:
    """The search, with the projects, releases and issues of the scope. Raises SearchError."""
    return read_search(
        text,
        dataset,
        projects=dict(Project.objects.filter(pk__in=list(scope.visible)).values_list("slug", "pk")),
        releases=KnownReleases(scope.visible, scope.environments),
        issues=lambda name: events_of(scope.visible, name),
    )


def exploration(
    scope: Scope,
    dataset: Dataset,
    fields: Sequence[str],
    query: str = "",
    *,
    sort: Sequence[str] = (),
    limit: int = 50,
    offset: int = 0,
    is_of_rows: bool = False,
) -> Exploration:
    """What is asked, as people write it: `-` before a field of `sort` turns it round.

    With `is_of_rows` what groups come to chooses nothing: the rows are asked about beneath them.
    Raises SearchError for the search, BadQuery for the rest.
    """
    search = search_in(scope, dataset, query)
    return Exploration(
        dataset=dataset,
        visible=scope.visible,
        start=micros(scope.period.start),
        end=micros(scope.period.end),
        columns=columns_of(scope, dataset, fields),
        search=replace(search, having=()) if is_of_rows else search,
        sort=tuple(_sorted(field, dataset, scope) for field in sort if field.strip("- ")),
        environments=scope.environments,
        limit=limit,
        offset=offset,
    )


def ask_table(asked: Exploration) -> Table:
    """The rows. Raises BadQuery and StoreError."""
    return table(asked, store().query)


def ask_chart(
    asked: Exploration,
    figures: Sequence[Column],
    step: int,
    most: int = 5,
    groups: Sequence[Sequence[Any]] | None = None,
) -> Chart:
    """The lines, of these groups where they are named. Raises BadQuery and StoreError."""
    return chart(asked, store().query, figures, step, most, groups)


def step_for(scope: Scope, *, about: int = 100) -> int:
    """The step of a chart of this range that gives about so many points, in seconds."""
    wanted = (scope.period.end - scope.period.start).total_seconds() / about
    found = next((step for step in STEPS if step >= wanted), None)
    return found or ceil(wanted / STEPS[-1]) * STEPS[-1]


def columns_of(scope: Scope, dataset: Dataset, fields: Sequence[str]) -> tuple[Column, ...]:
    """Fields and aggregates; merged issues are one. Raises BadQuery."""
    return tuple(_column(field, dataset, scope) for field in fields)


def _sorted(written: str, dataset: Dataset, scope: Scope) -> tuple[Column, bool]:
    text = written.strip()
    return _column(text.lstrip("-"), dataset, scope), text.startswith("-")


def _column(written: str, dataset: Dataset, scope: Scope) -> Column:
    column = read_column(written, dataset)
    if column.kind != ISSUE:
        return column
    return replace(column, expression=first_group(column.expression, scope.visible))
