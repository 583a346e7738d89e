"""The list of traces: the newest or slowest transactions, with what their traces hold."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from vedette.issues.cursors import read_offset
from vedette.projects.models import Project
from vedette.search import SearchError
from vedette.telemetry.trace_list import (
    MOST_ROWS,
    SORTS,
    Samples,
    TransactionSample,
    list_samples,
)
from vedette.web.access import Viewer
from vedette.web.rendering import show
from vedette.web.routing import Navigation, Page, Route
from vedette.web.scope import SharedFilter, shared_filter

WORDS = {"newest": "Newest", "slowest": "Slowest"}
_ROWS = 50
_MOST_QUERY_CHARACTERS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """A line of the list."""

    sample: TransactionSample
    project: Project | None
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TracesContext:
    """What the page shows; `error` says in words why the search cannot be read."""

    query: str
    sort: str
    sorts: dict[str, str]
    rows: list[TraceRow]
    error: str
    is_searching: bool
    next_cursor: str | None
    previous_cursor: str | None
    period_name: str


def traces(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page; `query` searches transactions, `sort` is newest or slowest."""
    shared = shared_filter(request, viewer)
    query = request.GET.get("query", "").strip()[:_MOST_QUERY_CHARACTERS]
    asked = request.GET.get("sort", "newest")
    sort = asked if asked in SORTS else "newest"
    offset = min(read_offset(request.GET.get("cursor")), MOST_ROWS - _ROWS)
    found, error = _found(shared, query, sort, offset)
    projects = {project.pk: project for project in viewer.projects}
    context = TracesContext(
        query=query,
        sort=sort,
        sorts=WORDS,
        rows=[
            TraceRow(sample=one, project=projects.get(one.project_id), at=int(one.at.timestamp()))
            for one in found.rows
        ],
        error=error,
        is_searching=bool(query),
        next_cursor=f"o:{offset + _ROWS}" if found.has_more else None,
        previous_cursor=f"o:{max(0, offset - _ROWS)}" if offset else None,
        period_name=shared.period_name,
    )
    return show(request, "pages/traces/page.html", context, section="traces")


def _found(shared: SharedFilter, query: str, sort: str, offset: int) -> tuple[Samples, str]:
    try:
        return list_samples(shared.scope, query, sort=sort, limit=_ROWS, offset=offset), ""
    except SearchError as error:
        return Samples(rows=[], has_more=False), str(error)


PAGE = Page(
    routes=(Route(path="traces/", name="traces", view=traces),),
    navigation=Navigation(label="Traces", icon="waypoints", route="traces", key="t", order=13),
)
