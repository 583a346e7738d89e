"""`trace/` and `trace-meta/`: one trace as nested spans with its errors, in Sentry's form."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.telemetry.traces import Trace, TraceError, find_trace
from vedette.tracing.tree import Node
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import not_found
from vedette.web.api.parameters import Filter
from vedette.wire.envelope import clean_event_id

_SECONDS: Final = 1_000_000
_DEEPEST: Final = 100  # nested deeper than that, no reader of JSON is at ease
_LATEST: Final = 253_402_300_000


class TraceQuery(Filter):
    """`timestamp`, in seconds since 1970, spares looking through all days."""

    timestamp: Annotated[str, Meta(pattern=r"^[0-9]{0,12}(\.[0-9]{1,9})?$")] = ""


@endpoint(get=Action.VIEW_EVENTS, query=TraceQuery)
def show_trace(
    request: HttpRequest, caller: Caller, query: TraceQuery, organization: str, trace_id: str
) -> HttpResponse:
    """The roots of the trace, each with what it began within it."""
    found = _find(caller, query, organization, trace_id)
    return answer(_nested(found))


@endpoint(get=Action.VIEW_EVENTS, query=TraceQuery)
def trace_meta(
    request: HttpRequest, caller: Caller, query: TraceQuery, organization: str, trace_id: str
) -> HttpResponse:
    """How much there is of the trace."""
    found = _find(caller, query, organization, trace_id)
    counts: dict[str, int] = defaultdict(int)
    for node in found.spans:
        counts[node.values.get("op") or "default"] += 1
    segments = [node for node in found.spans if node.is_segment]
    return answer(
        {
            "errors": found.error_count,
            "performance_issues": 0,
            "span_count": found.span_count,
            "span_count_map": dict(counts),
            "logs": 0,
            "uptime_checks": 0,
            "transaction_child_count_map": [
                {"transaction.event_id": node.values.get("event_id"), "count()": node.size}
                for node in segments
            ],
        }
    )


def _find(caller: Caller, query: TraceQuery, organization: str, trace_id: str) -> Trace:
    plain = clean_event_id(trace_id)
    if plain is None:
        raise not_found()
    visible = caller.visible(organization)
    seconds = float(query.timestamp or 0)
    around = datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None
    found = find_trace(plain, visible, around)
    if found is None:
        raise not_found()
    return found


def _nested(trace: Trace) -> list[dict[str, Any]]:
    """Spans within spans; below the deepest place all lie side by side."""
    errors: dict[str, list[TraceError]] = defaultdict(list)
    for error in trace.errors:
        errors[error.span_id].append(error)
    roots: list[dict[str, Any]] = []
    above: list[tuple[int, dict[str, Any]]] = []
    for node in trace.spans:
        shape = _span(node, trace, errors.pop(node.span_id, []))
        depth = min(node.depth, _DEEPEST)
        while above and above[-1][0] >= depth:
            above.pop()
        (above[-1][1]["children"] if above else roots).append(shape)
        above.append((depth, shape))
    loose = [error for rest in errors.values() for error in rest]
    return [*roots, *(_error(error) for error in loose)]


def _span(node: Node, trace: Trace, errors: list[TraceError]) -> dict[str, Any]:
    values = node.values
    project = trace.projects.get(values["project_id"])
    return {
        "event_type": "span",
        "event_id": node.span_id,
        "parent_span_id": node.parent_id or None,
        "transaction_id": values.get("event_id") or values.get("segment_id"),
        "project_id": values["project_id"],
        "project_slug": project.slug if project else "",
        "op": values.get("op") or "default",
        "name": values.get("description") or "",
        "description": values.get("description") or "",
        "transaction": values.get("transaction") or "",
        "is_transaction": node.is_segment,
        "start_timestamp": node.start / _SECONDS,
        "end_timestamp": node.end / _SECONDS,
        "duration": (node.end - node.start) / 1000,
        "sdk_name": values.get("sdk_name") or "",
        "status": values.get("status") or "ok",
        "profile_id": values.get("profile_id") or "",
        "measurements": {},
        "errors": [_error(error) for error in errors],
        "occurrences": [],
        "children": [],
    }


def _error(error: TraceError) -> dict[str, Any]:
    return {
        "event_type": "error",
        "event_id": error.event_id,
        "issue_id": error.issue.pk if error.issue else None,
        "issue": error.issue.short_name if error.issue else None,
        "title": error.title,
        "message": error.title,
        "level": error.level,
        "project_id": error.project.pk if error.project else None,
        "project_slug": error.project.slug if error.project else "",
        "span": error.span_id or None,
        "start_timestamp": error.at.timestamp(),
        "transaction": "",
    }


ROUTES = [
    path("organizations/<str:organization>/trace/<str:trace_id>/", show_trace),
    path("organizations/<str:organization>/trace-meta/<str:trace_id>/", trace_meta),
]
