"""One trace: everything that shares its id, as a waterfall, with one span in detail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from vedette.issues.telemetry import moment
from vedette.projects.models import Project
from vedette.replays.reading import replays_of_trace
from vedette.telemetry.traces import MOST_SPANS, Trace, find_span, find_trace, traces_beside
from vedette.tracing.tree import Node
from vedette.web.access import Viewer
from vedette.web.pages.trace.details import Detail, make_detail
from vedette.web.pages.trace.shape import waterfall
from vedette.web.rendering import show
from vedette.web.replays import Watchable, watchable
from vedette.web.routing import Page, Route
from vedette.web.wording import milliseconds

_TRACE = re.compile(r"[0-9a-f]{32}\Z")
_SPAN = re.compile(r"[0-9a-f]{16}\Z")
_READ_ROWS = 200  # without scripts
_MOST_NAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceContext:
    """What the page shows. `rows` are the first spans, for those without scripts;
    `before` and `after` the traces of the same visit."""

    trace: Trace
    title: str
    op: str
    began: datetime
    took: str
    spans: int
    services: list[str]
    releases: list[str]
    environments: list[str]
    users: list[str]
    failed: int
    skewed: int
    orphans: int
    most: int
    data: str
    detail: str
    at: str
    chosen: str
    rows: list[Node]
    before: str
    after: str
    replays: list[Watchable]


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingContext:
    """Nothing is kept of this trace."""

    trace_id: str


def show_trace(request: HttpRequest, viewer: Viewer, trace: str) -> HttpResponse:
    """The page; `at` is a time at which it ran, `span` the one to begin with."""
    trace_id = _trace_id(trace)
    found = find_trace(trace_id, viewer.visible, _at(request))
    if found is None:
        nothing = NothingContext(trace_id=trace_id)
        return show(request, "pages/trace/nothing.html", nothing, section="traces", status=404)
    root = found.root
    began = moment(found.start)
    query = f"?at={int(began.timestamp())}"
    before, after = traces_beside(found, viewer.visible)
    context = TraceContext(
        trace=found,
        title=_title(root),
        op=str(root.values.get("op") or "") if root else "",
        began=began,
        took=milliseconds((found.end - found.start) / 1000),
        spans=found.span_count,
        services=sorted({node.service for node in found.spans if node.service})[:_MOST_NAMES],
        releases=found.values("release")[:_MOST_NAMES],
        environments=found.values("environment")[:_MOST_NAMES],
        users=found.values("user_key")[:_MOST_NAMES],
        failed=sum(node.is_failed for node in found.spans),
        skewed=sum(bool(node.skew) for node in found.spans),
        orphans=sum(node.is_orphan for node in found.spans),
        most=MOST_SPANS,
        data=reverse("trace-data", args=[trace_id]) + query,
        detail=reverse("trace-span", args=[trace_id, "0" * 16]) + query,
        at=query,
        chosen=request.GET.get("span", "")[:16],
        rows=found.spans[:_READ_ROWS],
        before=before,
        after=after,
        replays=_replays(viewer, trace_id, began),
    )
    return show(request, "pages/trace/page.html", context, section="traces")


def trace_data(request: HttpRequest, viewer: Viewer, trace: str) -> HttpResponse:
    """The spans for `<x-waterfall>`; see `vedette.web.pages.trace.shape`."""
    found = find_trace(_trace_id(trace), viewer.visible, _at(request))
    if found is None:
        raise Http404
    return JsonResponse(waterfall(found))


def show_span(request: HttpRequest, viewer: Viewer, trace: str, span: str) -> HttpResponse:
    """The fragment about one span."""
    if not _SPAN.match(span):
        raise Http404
    trace_id = _trace_id(trace)
    row = find_span(trace_id, span, viewer.visible, _at(request))
    if row is None:
        raise Http404
    project = Project.objects.filter(pk=row["project_id"]).first()
    detail: Detail = make_detail(trace_id, row, project)
    return show(request, "pages/trace/_span.html", detail)


def _replays(viewer: Viewer, trace_id: str, began: datetime) -> list[Watchable]:
    """What people saw of it: from its error on, or from its beginning."""
    projects = {project.pk: project for project in viewer.projects}
    first_ms = began.timestamp() * 1000
    return [
        watchable(
            viewer.reference(projects[row.project_id]),
            row,
            row.at_ms if row.at_ms is not None else first_ms,
        )
        for row in replays_of_trace(viewer.visible, trace_id)
        if row.project_id in projects
    ]


def _title(root: Node | None) -> str:
    if root is None:
        return "Errors of one trace"
    values: dict[str, Any] = root.values
    return str(values.get("transaction") or values.get("description") or "a span without a name")


def _trace_id(text: str) -> str:
    plain = text.replace("-", "").lower()
    if not _TRACE.match(plain):
        raise Http404
    return plain


def _at(request: HttpRequest) -> datetime | None:
    """The time that the link knows, in seconds since 1970."""
    text = request.GET.get("at", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)


PAGE = Page(
    routes=(
        Route(path="traces/<str:trace>/", name="trace", view=show_trace),
        Route(path="traces/<str:trace>/spans/", name="trace-data", view=trace_data),
        Route(path="traces/<str:trace>/spans/<str:span>/", name="trace-span", view=show_span),
    ),
)
