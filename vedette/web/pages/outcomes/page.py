"""What became of everything that came in: counts, a chart, a table, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from vedette.issues import reading
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, stacked_bar_chart
from vedette.web.pages.outcomes.tally import (
    LINE,
    MOST_LINES,
    OUTCOMES,
    Line,
    Total,
    make_lines,
    make_totals,
    stacks,
    step_seconds,
)
from vedette.web.release_links import with_releases
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import shared_filter
from vedette.web.spreadsheets import harmless

_CHUNK_CHARACTERS = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesContext:
    """What the page shows. `kinds` are the choices, `kind` the chosen one or empty.

    `is_cut` says that the table shows only the largest lines; every other figure is whole.
    """

    totals: list[Total]
    lines: list[Line]
    is_cut: bool
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
    scope = shared.scope
    kind, outcome = request.GET.get("kind", ""), request.GET.get("outcome", "")
    totals = reading.outcomes(scope, by=("kind", "outcome")).rows
    of_kind = [row for row in totals if not kind or row.kind == kind]
    only = {"kind": [kind] if kind else [], "outcome": [outcome] if outcome else []}
    table = reading.outcomes(scope, by=LINE, only=only, limit=MOST_LINES)
    step = step_seconds(scope.period)
    bars = reading.outcomes(scope, by=("outcome",), step_seconds=step, only=only).rows
    shown = {row.outcome for row in bars}
    context = OutcomesContext(
        totals=make_totals(of_kind),
        lines=make_lines(table.rows, {project.pk: project for project in viewer.projects}),
        is_cut=table.is_cut,
        chart=with_releases(
            stacked_bar_chart(stacks(bars, scope.period, step), noun="item"), scope, shared.query
        ),
        legend=[(key, words) for key, words in OUTCOMES.items() if key in shown],
        kinds=sorted({row.kind for row in totals}),
        kind=kind,
        outcome=outcome,
        total=sum(row.quantity for row in of_kind),
        period_name=shared.period_name,
    )
    return show(request, "pages/outcomes/page.html", context, section="outcomes")


def outcomes_csv(request: HttpRequest, viewer: Viewer) -> HttpResponseBase:
    """Every count by hour as CSV; text that a spreadsheet would run is made harmless."""
    shared = shared_filter(request, viewer)
    names = {project.pk: project.slug for project in viewer.projects}
    rows = reading.outcomes_by_hour(shared.scope)
    first = next(rows, None)  # a store that does not answer must fail before the headers go out
    lines = _csv_lines(chain([first] if first else [], rows), names)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="outcomes.csv"'
    return response


def _csv_lines(rows: Iterable[reading.OutcomeRow], names: dict[int, str]) -> Iterator[str]:
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(("hour", "project", "kind", "outcome", "reason", "quantity"))
    for row in rows:
        words = (names.get(row.project_id, ""), row.kind, row.outcome, row.reason)
        writer.writerow((row.at.isoformat(), *map(harmless, words), row.quantity))
        if made.tell() > _CHUNK_CHARACTERS:
            yield made.getvalue()
            made.seek(0)
            made.truncate()
    yield made.getvalue()


PAGE = Page(
    routes=(
        Route(path="outcomes/", name="outcomes", view=outcomes),
        Route(path="outcomes/csv/", name="outcomes-csv", view=outcomes_csv),
    ),
    navigation=Navigation(
        label="Outcomes", icon="chart-column", route="outcomes", key="o", order=20
    ),
)
