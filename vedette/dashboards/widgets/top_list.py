"""The largest groups by a figure, each with a bar."""

from __future__ import annotations

from dataclasses import replace

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Ranking
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import (
    FIGURE,
    GROUP,
    QUERY,
    check_columns,
    check_query,
    dataset_field,
    explored,
    sampled_of,
    within,
)
from vedette.rules.problems import Problem
from vedette.telemetry import exploring


def check(options: Options) -> list[Problem]:
    """The search, the groups, the figure."""
    problems = check_query(options)
    problems += check_columns(options, "group", options["group"], aggregates=False)
    return problems + check_columns(
        options, "figure", [options["figure"]], aggregates=True, has_times=False
    )


def ask(options: Options, asking: Asking) -> Ranking:
    """The groups, the largest first."""
    scope, dataset, query = within(asking, options)
    figure = options["figure"]
    found = exploring.ask_table(
        exploring.exploration(
            scope,
            dataset,
            [*options["group"], figure],
            query,
            sort=[f"-{figure}"],
            limit=options["limit"],
        )
    )
    return Ranking(
        dataset=dataset.name,
        groups=found.columns[:-1],
        figure=found.columns[-1],
        rows=found.rows,
        sampled=sampled_of(asking, options),
    )


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The groups in Explore."""
    return explored(options, releases, groups=options["group"], figures=[options["figure"]])


WIDGET = WidgetKind(
    name="top_list",
    label="Top list",
    help="The largest groups, each with a bar.",
    icon="chart-bar",
    order=30,
    fields=(
        dataset_field(),
        QUERY,
        replace(GROUP, default=("error_type",), is_needed=True),
        FIGURE,
        Field(name="limit", label="Rows", kind="number", default=8, least=1, most=50),
    ),
    check=check,
    ask=ask,
    lead=lead,
    width=4,
    sample={"dataset": "errors", "group": ["error_type"], "figure": "count()"},
)
