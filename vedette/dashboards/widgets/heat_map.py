"""When how many took how long."""

from __future__ import annotations

from vedette.dashboards.fields import Options
from vedette.dashboards.shapes import Heat
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import (
    QUERY,
    check_query,
    dataset_field,
    explored,
    sampled_of,
    within,
)
from vedette.rules.problems import Problem
from vedette.store.errors import BadQuery
from vedette.telemetry.distribution import distribution
from vedette.telemetry.exploring import search_in


def check(options: Options) -> list[Problem]:
    """The search, which must be about single rows."""
    return check_query(options)


def ask(options: Options, asking: Asking) -> Heat:
    """How the durations spread over time."""
    scope, dataset, query = within(asking, options)
    search = search_in(scope, dataset, query)
    if search.having:
        raise BadQuery("a heat map shows single rows: its search cannot ask what groups come to")
    spread = distribution(scope, [search.where], of=dataset.where)
    return Heat(spread=spread, sampled=sampled_of(asking, options))


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The durations in Explore."""
    return explored(options, releases, figures=["p95()", "p50()", "count()"])


WIDGET = WidgetKind(
    name="heat_map",
    label="Heat map",
    help="When how many transactions or spans took how long.",
    icon="grid-3x3",
    order=40,
    fields=(dataset_field("transactions", "spans"), QUERY),
    check=check,
    ask=ask,
    lead=lead,
    sample={"dataset": "transactions"},
)
