"""Spans of binary exports as OTLP/JSON: what is read of one, at a third of the library's price.

Names as in the JSON mapping of opentelemetry-proto's trace.proto. What no reader wants (the
state of a trace, counts of what was left out, timed events that are no exceptions) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, Final

_MOST_LINKS: Final = 100
_EXCEPTION: Final = "exception"

Tree = Callable[[Any], dict[str, Any]]


def span_tree(span: Any, tree: Tree) -> dict[str, Any]:
    """One span; `tree` is the library's way, for values that are lists or objects."""
    found: dict[str, Any] = {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "name": span.name,
        "kind": span.kind,
        "flags": span.flags,
        "startTimeUnixNano": str(span.start_time_unix_nano),
        "endTimeUnixNano": str(span.end_time_unix_nano),
        "attributes": _attributes(span.attributes, tree),
    }
    if span.parent_span_id:
        found["parentSpanId"] = span.parent_span_id.hex()
    if span.HasField("status"):
        found["status"] = {"code": span.status.code, "message": span.status.message}
    if span.links:
        found["links"] = [
            {"traceId": one.trace_id.hex(), "spanId": one.span_id.hex()}
            for one in span.links[:_MOST_LINKS]
        ]
    if span.events:
        found["events"] = [
            {"name": one.name, "attributes": _attributes(one.attributes, tree)}
            for one in span.events
            if one.name == _EXCEPTION
        ][:1]
    return found


def _attributes(pairs: Iterable[Any], tree: Tree) -> list[dict[str, Any]]:
    return [{"key": one.key, "value": _value(one.value, tree)} for one in pairs]


def _value(value: Any, tree: Tree) -> dict[str, Any]:
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return {"stringValue": value.string_value}
    if kind == "int_value":
        return {"intValue": str(value.int_value)}
    if kind == "bool_value":
        return {"boolValue": value.bool_value}
    if kind == "double_value" and isfinite(value.double_value):
        return {"doubleValue": value.double_value}
    return tree(value) if kind else {}
