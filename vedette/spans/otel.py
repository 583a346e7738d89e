"""Spans of OpenTelemetry, as OTLP/JSON.

Source: opentelemetry-proto's trace.proto with the JSON mapping of OTLP, and the semantic
conventions for what a span without an op does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from vedette.spans.span import (
    MOST_MICROSECONDS,
    MOST_SPANS,
    Attributes,
    NoSpan,
    Span,
    clean,
    listed,
    mapping,
    optional_span_id,
    span_id,
    text,
    trace_id,
)
from vedette.spans.timing import measure_self_times

_SERVER, _CLIENT, _PRODUCER, _CONSUMER = 2, 3, 4, 5
_KINDS = {
    "SPAN_KIND_SERVER": _SERVER,
    "SPAN_KIND_CLIENT": _CLIENT,
    "SPAN_KIND_PRODUCER": _PRODUCER,
    "SPAN_KIND_CONSUMER": _CONSUMER,
}
_STATUSES: dict[int | str, str] = {
    0: "unset",
    1: "ok",
    2: "error",
    "STATUS_CODE_OK": "ok",
    "STATUS_CODE_ERROR": "error",
}
_MOST_NANOSECONDS = 253_402_300_800 * 10**9
_MOST_DEPTH = 64
_MOST_EVENTS = 20
_MOST_CHARACTERS = 1000
_MOST_RESOURCE_CHARACTERS = 4000


def read_request(request: dict[str, Any]) -> tuple[list[Span], int]:
    """The spans of an export request, and how many were none.

    Resource attributes become `resource.NAME` of every span; names of services, releases and
    environments are found there by `vedette.spans.origin`. A span whose parent is not of the
    same service in this request is a segment if it says that its parent is remote, serves or
    consumes something, or has no parent.
    """
    spans: list[Span] = []
    refused = 0
    for place, (resource, sent) in enumerate(_sent(request)):
        if place >= MOST_SPANS:
            refused += 1
            continue
        try:
            spans.append(read_span(mapping(sent), resource))
        except NoSpan:
            refused += 1
    _find_segments(spans)
    measure_self_times(spans)
    return spans, refused


def _sent(request: dict[str, Any]) -> Iterator[tuple[Attributes, object]]:
    for group in listed(request.get("resourceSpans")):
        resource = _resource(mapping(mapping(group).get("resource")).get("attributes"))
        scopes = mapping(group).get("scopeSpans")
        for scope in listed(scopes or mapping(group).get("instrumentationLibrarySpans")):
            for sent in listed(mapping(scope).get("spans")):
                yield resource, sent


def _resource(sent: object) -> Attributes:
    """The attributes that every span of a group gets: few and short, as each has them again."""
    found: Attributes = {}
    room = _MOST_RESOURCE_CHARACTERS
    for name, value in _attributes(sent).items():
        if not isinstance(value, str | int | float):
            value = json.dumps(value, ensure_ascii=False)
        if isinstance(value, str):
            value = clean(value, _MOST_CHARACTERS)
        key = clean(f"resource.{name}", _MOST_CHARACTERS)
        needed = len(key) + len(str(value))
        if needed <= room:
            room -= needed
            found[key] = value
    return found


def read_span(sent: dict[str, Any], resource: Attributes) -> Span:
    """One span; its segment is not known yet. Raises NoSpan."""
    attributes = {**resource, **_attributes(sent.get("attributes"))}
    start, end = _micros(sent.get("startTimeUnixNano")), _micros(sent.get("endTimeUnixNano"))
    if start is None or end is None:
        raise NoSpan("no beginning or no end")
    if not 0 <= end - start <= MOST_MICROSECONDS:
        raise NoSpan("it ends before it begins, or lasts more than 30 days")
    number = _kind(sent.get("kind"))
    status = mapping(sent.get("status"))
    _add_exception(attributes, sent.get("events"))
    if text(status.get("message")):
        attributes.setdefault("otel.status_description", status["message"])
    parent = optional_span_id(sent.get("parentSpanId"))
    flags = sent.get("flags")
    is_remote = isinstance(flags, int) and flags & 0x300 == 0x300
    name = text(sent.get("name"))
    return Span(
        trace_id=trace_id(sent.get("traceId")),
        span_id=span_id(sent.get("spanId")),
        parent_span_id=parent,
        start=start,
        end=end,
        is_segment=not parent or is_remote or number in (_SERVER, _CONSUMER),
        op=_op(number, attributes),
        description=_description(attributes) or name,
        segment=name,
        status=_status(status.get("code")),
        origin="otlp",
        links=[_link(mapping(one)) for one in listed(sent.get("links"))[:_MOST_EVENTS]],
        attributes=attributes,
    )


def _kind(sent: object) -> int:
    return sent if isinstance(sent, int) else _KINDS.get(text(sent), 0)


def _status(sent: object) -> str:
    return _STATUSES.get(sent, "unset") if isinstance(sent, int | str) else "unset"


def _find_segments(spans: list[Span]) -> None:
    """Each span belongs to the nearest segment above it, as far as it is in this request."""
    by_id = {(span.trace_id, span.span_id): span for span in spans}
    for span in spans:
        above: Span | None = span
        for _ in range(_MOST_DEPTH):
            if above is None or above.is_segment:
                break
            above = by_id.get((above.trace_id, above.parent_span_id))
        if above is not None and above.is_segment:
            span.segment_id = above.span_id
            if above is not span:
                span.segment = above.segment
        else:
            span.segment = ""


def _attributes(sent: object) -> Attributes:
    found: Attributes = {}
    for one in listed(sent):
        key = mapping(one).get("key")
        if isinstance(key, str) and key:
            value = _value(mapping(one).get("value"))
            if value is not None:
                found[key] = value
    return found


def _value(sent: object, depth: int = 0) -> Any:
    """A value in the mapping of OTLP/JSON, where 64-bit integers are texts."""
    for kind, value in mapping(sent).items():
        if kind in ("stringValue", "boolValue", "doubleValue", "bytesValue"):
            return value
        if kind == "intValue":
            try:
                return int(value)
            except (TypeError, ValueError):
                return None
        if kind == "arrayValue" and depth < 4:
            return [_value(one, depth + 1) for one in listed(mapping(value).get("values"))[:100]]
        if kind == "kvlistValue" and depth < 4:
            pairs = listed(mapping(value).get("values"))[:100]
            return {
                str(mapping(one).get("key")): _value(mapping(one).get("value"), depth + 1)
                for one in pairs
            }
    return None


def _micros(value: object) -> int | None:
    """Nanoseconds, as a number or a text, in microseconds."""
    if isinstance(value, bool):
        return None
    try:
        nanoseconds = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return None
    return nanoseconds // 1000 if 0 < nanoseconds < _MOST_NANOSECONDS else None


def _add_exception(attributes: Attributes, events: object) -> None:
    """The first exception that the span recorded says most about why it failed."""
    for event in listed(events)[:_MOST_EVENTS]:
        if mapping(event).get("name") == "exception":
            for name, value in _attributes(mapping(event).get("attributes")).items():
                attributes.setdefault(name, value)
            return


def _link(sent: dict[str, Any]) -> dict[str, Any]:
    return {"trace_id": text(sent.get("traceId")), "span_id": text(sent.get("spanId"))}


def _op(kind: int, attributes: Attributes) -> str:
    """What Sentry's SDKs would call it."""
    for name, op in (
        ("db.system.name", "db"),
        ("db.system", "db"),
        ("gen_ai.operation.name", "gen_ai"),
        ("faas.trigger", "function"),
    ):
        if name in attributes:
            detail = text(attributes.get("gen_ai.operation.name"))
            return f"gen_ai.{detail}" if op == "gen_ai" and detail else op
    if "messaging.system" in attributes:
        return "queue.publish" if kind in (_CLIENT, _PRODUCER) else "queue.process"
    if "rpc.system" in attributes:
        return "rpc.server" if kind == _SERVER else "rpc"
    if "http.request.method" in attributes or "http.method" in attributes:
        return "http.server" if kind == _SERVER else "http.client"
    names = {_SERVER: "server", _CLIENT: "client", _PRODUCER: "queue.publish",
                                _CONSUMER: "queue.process"}  # fmt: skip
    return names.get(kind, "default")


def _description(attributes: Attributes) -> str:
    """The statement says more than the span's name, which has only its verb and table."""
    return text(attributes.get("db.query.text")) or text(attributes.get("db.statement"))
