"""What became of everything that came in: counts, a chart, a table, CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO

from django.http import HttpRequest, HttpResponse

from vedette.issues import reading
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, stacked_bar_chart
from vedette.web.pages.outcomes.tally import (
    OUTCOMES,
    Line,
    Total,
    make_lines,
    make_totals,
    stacks,
)
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import shared_filter

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesContext:
    """What the page shows. `kinds` are the choices, `kind` the chosen one or empty."""

    totals: list[Total]
    lines: list[Line]
    chart: BarChart
    legend: list[tuple[str, str]]
    kinds: list[str]
    kind: str
    outcome: str
    total: int
    period_name: str


def outcomes(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `kind` and `outcome` narrow the table and the chart."""
    shared = shared_filter(request, viewer)
    rows = reading.outcomes(shared.scope)
    kind, outcome = request.GET.get("kind", ""), request.GET.get("outcome", "")
    of_kind = [row for row in rows if not kind or row.kind == kind]
    chosen = [row for row in of_kind if not outcome or row.outcome == outcome]
    shown = {row.outcome for row in chosen}
    context = OutcomesContext(
        totals=make_totals(of_kind),
        lines=make_lines(chosen, {project.pk: project for project in viewer.projects}),
        chart=stacked_bar_chart(stacks(chosen, shared.scope.period), noun="item"),
        legend=[(key, words) for key, words in OUTCOMES.items() if key in shown],
        kinds=sorted({row.kind for row in rows}),
        kind=kind,
        outcome=outcome,
        total=sum(row.quantity for row in of_kind),
        period_name=shared.period_name,
    )
    return show(request, "pages/outcomes/page.html", context, section="outcomes")


def outcomes_csv(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Every count by hour as CSV; text that a spreadsheet would run is made harmless."""
    shared = shared_filter(request, viewer)
    names = {project.pk: project.slug for project in viewer.projects}
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(("hour", "project", "kind", "outcome", "reason", "quantity"))
    for row in sorted(reading.outcomes(shared.scope), key=lambda row: row.hour):
        words = (names.get(row.project_id, ""), row.kind, row.outcome, row.reason)
        writer.writerow((row.hour.isoformat(), *map(harmless, words), row.quantity))
    response = HttpResponse(made.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="outcomes.csv"'
    return response


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


PAGE = Page(
    routes=(
        Route(path="outcomes/", name="outcomes", view=outcomes),
        Route(path="outcomes/csv/", name="outcomes-csv", view=outcomes_csv),
    ),
    navigation=Navigation(
        label="Outcomes", icon="chart-column", route="outcomes", key="o", order=20
    ),
)
