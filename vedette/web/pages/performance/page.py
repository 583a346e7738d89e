"""All transactions: their figures, a chart, and which of them got slower or faster."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.issues.cursors import read_offset
from vedette.issues.shapes import Bucket
from vedette.projects.models import Project
from vedette.search import SearchError
from vedette.telemetry.changes import MOST_SERIES, Turn, find_turns
from vedette.telemetry.exploring import search_in
from vedette.telemetry.performance import (
    MOST_ROWS,
    SORTS,
    Figures,
    TransactionRow,
    TransactionTable,
    list_transactions,
)
from vedette.telemetry.series import Step, series
from vedette.telemetry.spans import transactions
from vedette.web.access import Viewer
from vedette.web.charts import BarChart, bar_chart
from vedette.web.line_charts import LineChart, line_chart
from vedette.web.pages.performance.insights import show_insights
from vedette.web.pages.performance.transaction import show_transaction
from vedette.web.pages.performance.wording import (
    Difference,
    difference,
    per_minute,
    quick_of,
    transaction_address,
)
from vedette.web.release_links import marks_over
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import SharedFilter, shared_filter
from vedette.web.sorting import Heading, make_headings

HEADINGS = {
    "name": ("Transaction", ""),
    "total": ("Time", "how long all of them took together"),
    "rate": ("Per min", "how many there were a minute"),
    "p50": ("P50", "half of them were quicker"),
    "p75": ("P75", "three quarters were quicker"),
    "p95": ("P95", "95 % were quicker"),
    "p99": ("P99", "99 % were quicker"),
    "failures": ("Failed", "the share that did not end with ok, cancelled or unknown"),
    "apdex": ("Apdex", "1 where all were quick; up to four times as long counts by half"),
    "misery": (
        "Misery",
        "the share of users who waited over four times of quick, cautious where they are few",
    ),
    "users": ("Users", "how many different ones"),
}
_ROWS = 50
_MOST_QUERY_CHARACTERS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One transaction of the table."""

    name: str
    op: str
    project: Project | None
    address: str
    now: Figures
    rate: str
    slower: Difference | None
    turn: Turn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceContext:
    """What the page shows; `most` is of how many transactions changes are looked for.

    What took at most `quick_ms` counts as quick.
    """

    query: str
    sort: str
    view: str
    headings: list[Heading]
    lines: list[Line]
    chart: LineChart | None
    counts: BarChart | None
    is_sampled: bool
    error: str
    quick_ms: int
    most: int
    next_cursor: str | None
    previous_cursor: str | None
    period_name: str


def performance(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `query` searches, `sort` orders, `view=changed` has what got slower or faster."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", "").strip()[:_MOST_QUERY_CHARACTERS]
    asked = request.GET.get("sort", "-total")
    sort = asked if asked.removeprefix("-") in SORTS else "-total"
    quick_ms = quick_of(request.GET)
    view = "changed" if request.GET.get("view") == "changed" else ""
    offset = 0 if view else min(read_offset(request.GET.get("cursor")), MOST_ROWS - _ROWS)
    steps: list[Step] = []
    try:
        found = _table(shared, query, sort, view, offset, quick_ms)
        if found.rows:
            steps = _series(shared, query)
        error = ""
    except SearchError as wrong:
        found, error = TransactionTable(rows=[], has_more=False), str(wrong)
    starts = [step.start for step in steps]
    lines = _lines(shared, viewer, found.rows, quick_ms)
    context = PerformanceContext(
        query=query,
        sort=sort,
        view=view,
        headings=make_headings(HEADINGS, sort, rising=("name", "apdex")),
        lines=[line for line in lines if line.turn] if view else lines,
        chart=line_chart(
            starts,
            {"p95": [step.percentiles["p95"] for step in steps]},
            markers=marks_over(starts, shared.scope, shared.query),
        )
        if steps
        else None,
        counts=bar_chart(
            [Bucket(start=step.start, count=round(step.count)) for step in steps],
            noun="transaction",
        )
        if steps
        else None,
        is_sampled=any(row.now.count > row.now.samples * 1.01 for row in found.rows),
        error=error,
        quick_ms=quick_ms,
        most=MOST_SERIES,
        next_cursor=f"o:{offset + _ROWS}" if found.has_more and not view else None,
        previous_cursor=f"o:{max(0, offset - _ROWS)}" if offset else None,
        period_name=shared.period_name,
    )
    return show(request, "pages/performance/page.html", context, section="performance")


def _table(
    shared: SharedFilter, query: str, sort: str, view: str, offset: int, quick_ms: int
) -> TransactionTable:
    limit, offset = (MOST_SERIES, 0) if view else (_ROWS, offset)
    return list_transactions(
        shared.scope, query, sort=sort, limit=limit, offset=offset, quick_ms=quick_ms
    )


def _series(shared: SharedFilter, query: str) -> list[Step]:
    where = [search_in(shared.scope, transactions(), query).where]
    return series(shared.scope, where, names=("p95",))


def _lines(
    shared: SharedFilter, viewer: Viewer, rows: list[TransactionRow], quick_ms: int
) -> list[Line]:
    projects = {project.pk: project for project in viewer.projects}
    turns = find_turns(shared.scope, [(row.name, row.project_id) for row in rows])
    return [
        Line(
            name=row.name,
            op=row.op,
            project=projects.get(row.project_id),
            address=transaction_address(
                shared, row.name, viewer.reference(projects[row.project_id]), quick_ms
            ),
            now=row.now,
            rate=per_minute(row.now.rate),
            slower=difference(row.now, row.before, "p95"),
            turn=turns.get((row.name, row.project_id)),
        )
        for row in rows
    ]


PAGE = Page(
    routes=(
        Route(path="performance/", name="performance", view=performance),
        Route(
            path="performance/transaction/", name="performance-transaction", view=show_transaction
        ),
        Route(path="performance/insights/", name="performance-insights", view=show_insights),
    ),
    navigation=Navigation(
        label="Performance", icon="gauge", route="performance", key="f", order=14
    ),
)
