"""Databases, hosts, caches, queues, assets, models and web vitals, as spans tell of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from vedette.explore.vitals import VITALS, Vital
from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.search import SearchError
from vedette.telemetry.insights import (
    MOST_ROWS,
    MOST_SKIPPED,
    Insight,
    SlowSpan,
    callers,
    kinds,
    list_insights,
    slowest_spans,
)
from vedette.telemetry.vitals import VitalsRow, list_vitals
from vedette.web.access import Viewer
from vedette.web.pages.performance.columns import VIEWS, View
from vedette.web.pages.performance.wording import transaction_address
from vedette.web.rendering import show
from vedette.web.scope import SharedFilter, shared_filter
from vedette.web.sorting import Heading, make_headings

_MOST_CHARACTERS = 1000
Found = TypeVar("Found")
_NO_INSIGHTS: tuple[list[Insight], bool] = ([], False)
_NO_VITALS: list[VitalsRow] = []
Cells = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightLine:
    """A row of the table."""

    about: str
    system: str
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLine:
    """A transaction in which the spans are."""

    name: str
    project: Project
    address: str
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightsContext:
    """What the page shows: a table, or with `about` one of its rows in detail."""

    query: str
    view: str
    kind: View
    headings: list[Heading]
    about: str
    way: str
    lines: list[InsightLine] = field(default_factory=list)
    callers: list[CallerLine] = field(default_factory=list)
    slowest: list[tuple[SlowSpan, int]] = field(default_factory=list)
    error: str = ""
    period_name: str
    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalsContext:
    """Web vitals by page and by browser."""

    query: str
    vitals: list[Vital]
    pages: list[VitalsRow]
    browsers: list[VitalsRow]
    error: str
    period_name: str


def show_insights(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `view` is one of `VIEWS` or vitals, `by` a way to count, `about` a row of it,
    `query` a search."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", "").strip()[:_MOST_CHARACTERS]
    view = request.GET.get("view", "")
    if view == "vitals":
        return _vitals(request, shared, query)
    view = view if view in VIEWS else "queries"
    about = request.GET.get("about", "")[:_MOST_CHARACTERS]
    way = request.GET.get("by", "")
    way = way if way in VIEWS[view].ways else next(iter(VIEWS[view].ways), "")
    if about:
        return _one(request, shared, viewer, view, way, about)
    sort = _sort(request, VIEWS[view])
    offset = min(read_offset(request.GET.get("cursor")), MOST_SKIPPED)
    (found, has_more), error = _searched(
        lambda: list_insights(
            shared.scope, kinds()[view], query, sort=sort, way=way, offset=offset
        ),
        _NO_INSIGHTS,
    )
    context = InsightsContext(
        query=query,
        view=view,
        kind=VIEWS[view],
        headings=make_headings(VIEWS[view].labels_by(way), sort, rising=("about", "hits")),
        about="",
        way=way,
        lines=[
            InsightLine(about=one.about, system=one.system, cells=VIEWS[view].cells(one.figures))
            for one in found
        ],
        error=error,
        period_name=shared.period_name,
        next_cursor=f"o:{offset + MOST_ROWS}" if has_more else None,
        previous_cursor=f"o:{max(0, offset - MOST_ROWS)}" if offset else None,
    )
    return show(request, "pages/performance/insights.html", context, section="performance")


def _one(
    request: HttpRequest, shared: SharedFilter, viewer: Viewer, view: str, way: str, about: str
) -> HttpResponse:
    """Who calls what a row is about, and its slowest spans."""
    kind, projects = kinds()[view], {project.pk: project for project in viewer.projects}
    context = InsightsContext(
        query="",
        view=view,
        kind=VIEWS[view],
        headings=make_headings(VIEWS[view].labels, "-total"),
        about=about,
        way=way,
        callers=[
            CallerLine(
                name=one.transaction,
                project=projects[one.project_id],
                address=transaction_address(
                    shared, one.transaction, viewer.reference(projects[one.project_id])
                ),
                cells=VIEWS[view].cells(one.figures),
            )
            for one in callers(shared.scope, kind, about, way=way)
        ],
        slowest=[
            (one, int(one.at.timestamp()))
            for one in slowest_spans(shared.scope, kind, about, way=way)
        ],
        period_name=shared.period_name,
    )
    return show(request, "pages/performance/insight.html", context, section="performance")


def _vitals(request: HttpRequest, shared: SharedFilter, query: str) -> HttpResponse:
    pages, error = _searched(lambda: list_vitals(shared.scope, "transaction", query), _NO_VITALS)
    browsers = list_vitals(shared.scope, "browser_name", query) if pages else []
    context = VitalsContext(
        query=query,
        vitals=list(VITALS.values()),
        pages=pages,
        browsers=[row for row in browsers if row.name],
        error=error,
        period_name=shared.period_name,
    )
    return show(request, "pages/performance/vitals.html", context, section="performance")


def _searched(ask: Callable[[], Found], nothing: Found) -> tuple[Found, str]:
    """What was found, or nothing and why the search cannot be read."""
    try:
        return ask(), ""
    except SearchError as error:
        return nothing, str(error)


def _sort(request: HttpRequest, view: View) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in view.labels else "-total"
