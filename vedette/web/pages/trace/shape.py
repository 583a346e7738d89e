"""The JSON of a waterfall: names once, spans as short lists, times as distances."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from vedette.telemetry.traces import Trace
from vedette.tracing.tree import Node

SEGMENT: Final = 1
FAILED: Final = 2
ORPHAN: Final = 4
CRITICAL: Final = 8
SKEWED: Final = 16
_MOST_CHARACTERS = 200


class _Names:
    """Each name once, by its place."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, name: str) -> int:
        return self.places.setdefault(name, len(self.places))


def waterfall(trace: Trace) -> dict[str, Any]:
    """What `<x-waterfall>` draws. Times are microseconds since the trace's begin.

    `spans` are lists of id, depth, how many spans hang below, begin, length, place of the
    service, place of the op, description, flags, own time, skew. `errors` have the span's id,
    "" where it is not known.
    """
    services, ops = _Names(), _Names()
    return {
        "start": trace.start,
        "length": trace.end - trace.start,
        "spans": [_span(node, trace.start, services, ops) for node in trace.spans],
        "errors": [
            {
                "span": error.span_id,
                "title": error.title[:_MOST_CHARACTERS] or "an error without a message",
                "level": error.level,
                "href": reverse("event", args=[error.issue.pk, error.event_id])
                if error.issue
                else "",
            }
            for error in trace.errors
        ],
        "services": list(services.places),
        "ops": list(ops.places),
    }


def _span(node: Node, start: int, services: _Names, ops: _Names) -> list[Any]:
    values = node.values
    words = values.get("description") or values.get("transaction") or ""
    self_time = values.get("self_time")
    return [
        node.span_id,
        node.depth,
        node.size,
        node.start - start,
        node.end - node.start,
        services.place(node.service),
        ops.place(values.get("op") or "default"),
        words[:_MOST_CHARACTERS],
        node.is_segment * SEGMENT
        | node.is_failed * FAILED
        | node.is_orphan * ORPHAN
        | node.is_critical * CRITICAL
        | bool(node.skew) * SKEWED,
        round(self_time * 1000) if self_time is not None else None,
        node.skew,
    ]
