"""Web vitals: how pages feel to those who open them."""

from __future__ import annotations

from vedette.dashboards.fields import Field, Options
from vedette.dashboards.shapes import Vitals
from vedette.dashboards.widgets import Asking, Lead, WidgetKind
from vedette.dashboards.widgets._asking import narrowed
from vedette.explore.datasets import dataset_named
from vedette.explore.searching import vocabulary_of
from vedette.rules.problems import Problem
from vedette.search import SearchError, parse
from vedette.telemetry.vitals import By, list_vitals


def check(options: Options) -> list[Problem]:
    """The search."""
    try:
        parse(options["query"], vocabulary_of(dataset_named("spans")))
    except SearchError as error:
        return [Problem("query", str(error))]
    return []


def ask(options: Options, asking: Asking) -> Vitals:
    """The pages or browsers that were measured most."""
    by: By = "browser_name" if options["by"] == "browser" else "transaction"
    rows = list_vitals(asking.scope, by, narrowed(options["query"], asking.releases))
    return Vitals(by=options["by"], rows=rows[: options["limit"]])


def lead(options: Options, releases: tuple[str, ...]) -> Lead:
    """The insights of web vitals."""
    query = narrowed(options["query"], releases)
    more = (("query", query),) if query else ()
    return Lead("insights", (("view", "vitals"), *more))


WIDGET = WidgetKind(
    name="vitals",
    label="Web vitals",
    help="LCP, INP, CLS, FCP and TTFB by page or browser.",
    icon="gauge",
    order=70,
    fields=(
        Field(
            name="by",
            label="By",
            kind="choice",
            choices=lambda: (("page", "Page"), ("browser", "Browser")),
            default="page",
        ),
        Field(name="query", label="Search", help="Which spans count; empty for all."),
        Field(name="limit", label="Rows", kind="number", default=6, least=1, most=25),
    ),
    check=check,
    ask=ask,
    lead=lead,
    sample={"by": "page"},
)
