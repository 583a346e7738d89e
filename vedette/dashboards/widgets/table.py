"""Rows: what groups come to, or single ones, the newest or largest first."""

from __future__ import annotations

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Rows
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import (
    GROUP,
    QUERY,
    check_columns,
    check_query,
    dataset_field,
    dataset_of,
    explored,
    sampled_of,
    within,
)
from vedette.rules.problems import Problem
from vedette.telemetry import exploring

_COUNT = "count()"


def shown_columns(options: Options) -> list[str]:
    """The columns in their order; what groups are counted by where nothing else is asked."""
    if options["group"] or options["figures"]:
        return [*options["group"], *(options["figures"] or [_COUNT])]
    return options["columns"] or list(dataset_of(options).columns)


def is_grouped(options: Options) -> bool:
    """Whether a row stands for many."""
    return bool(options["group"] or options["figures"])


def order(options: Options) -> str:
    """By what it is sorted: as it is written, else the largest or the newest first."""
    written: str = options["sort"].strip()
    if written.lstrip("-") in shown_columns(options):
        return written
    return f"-{(options['figures'] or [_COUNT])[0]}" if is_grouped(options) else "-timestamp"


def check(options: Options) -> list[Problem]:
    """The search, the columns, and by what it is sorted."""
    problems = check_query(options)
    problems += check_columns(options, "group", options["group"], aggregates=False)
    problems += check_columns(options, "figures", options["figures"], aggregates=True)
    problems += check_columns(options, "columns", options["columns"], aggregates=False)
    sort = options["sort"].strip().lstrip("-")
    if sort and not problems and sort not in shown_columns(options):
        problems.append(Problem("sort", f"{sort} is none of the columns"))
    return problems


def ask(options: Options, asking: Asking) -> Rows:
    """The rows."""
    scope, dataset, query = within(asking, options)
    shown = shown_columns(options)
    identity = () if is_grouped(options) else dataset.identity
    beside = [name for name in identity if name not in shown]
    found = exploring.ask_table(
        exploring.exploration(
            scope,
            dataset,
            [*shown, *beside],
            query,
            sort=[order(options)],
            limit=options["limit"],
        )
    )
    return Rows(
        columns=found.columns,
        shown=len(shown),
        rows=found.rows,
        dataset=dataset.name,
        is_grouped=is_grouped(options),
        sampled=sampled_of(asking, options) if is_grouped(options) else None,
    )


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The table in Explore."""
    return explored(
        options,
        releases,
        groups=options["group"],
        figures=options["figures"],
        columns=() if is_grouped(options) else options["columns"],
        more=(("sort", options["sort"]),) if options["sort"] else (),
    )


WIDGET = WidgetKind(
    name="table",
    label="Table",
    help="Rows, or groups of them with their figures.",
    icon="table",
    order=20,
    fields=(
        dataset_field(),
        QUERY,
        GROUP,
        Field(
            name="figures",
            label="Figures",
            kind="names",
            placeholder="count(), count_unique(user)",
            help="What each group comes to, with commas between.",
            default=(),
            most=8,
            completes="figure",
        ),
        Field(
            name="columns",
            label="Columns",
            kind="names",
            placeholder="title, release, user",
            help="Of single rows, where nothing is grouped.",
            default=(),
            most=8,
            completes="column",
        ),
        Field(name="sort", label="Sort by", placeholder="-count()", most=500),
        Field(name="limit", label="Rows", kind="number", default=10, least=1, most=50),
    ),
    check=check,
    ask=ask,
    lead=lead,
    sample={"dataset": "errors", "group": ["error_type"], "figures": ["count()"]},
)
