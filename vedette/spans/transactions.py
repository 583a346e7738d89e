"""Transactions: an event's payload with the spans of one segment. Source: protocol, 3.2."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.spans.span import (
    MOST_SPANS,
    Attributes,
    NoSpan,
    Span,
    interval,
    listed,
    mapping,
    optional_span_id,
    span_id,
    text,
    trace_id,
)
from vedette.spans.timing import measure_self_times

UNNAMED = "<unlabeled transaction>"


class Transaction(msgspec.Struct, gc=False):
    """What the spans are read from; everything else of the event stays in `rest`."""

    root: Span
    spans: list[Span]
    refused: int  # spans that were none
    event: dict[str, Any]


def read_transaction(event: dict[str, Any]) -> Transaction:
    """The segment and its spans, the segment first. Raises NoSpan if the segment is none.

    A measurement becomes the attribute `measurements.NAME`.
    """
    trace = mapping(mapping(event.get("contexts")).get("trace"))
    name = text(event.get("transaction")) or UNNAMED
    start, end = interval(event.get("start_timestamp"), event.get("timestamp"))
    root = Span(
        trace_id=trace_id(trace.get("trace_id")),
        span_id=span_id(trace.get("span_id")),
        parent_span_id=optional_span_id(trace.get("parent_span_id")),
        start=start,
        end=end,
        is_segment=True,
        segment=name,
        op=text(trace.get("op")),
        description=text(trace.get("description")) or name,
        status=text(trace.get("status")),
        origin=text(trace.get("origin")),
        links=listed(trace.get("links")),
        attributes=_segment_attributes(event, trace),
    )
    root.segment_id = root.span_id
    spans, refused = [root], 0
    sent_spans = listed(event.pop("spans", None))
    refused += max(0, len(sent_spans) - MOST_SPANS)
    for sent in sent_spans[:MOST_SPANS]:
        try:
            spans.append(_child(mapping(sent), root))
        except NoSpan:
            refused += 1
    measure_self_times(spans)
    return Transaction(root, spans, refused, event)


def _segment_attributes(event: dict[str, Any], trace: dict[str, Any]) -> Attributes:
    found: Attributes = {**mapping(trace.get("data"))}
    source = text(mapping(event.get("transaction_info")).get("source"))
    if source:
        found["sentry.segment.name.source"] = source
    _add_exchange(found, event)
    _add_measurements(found, event.get("measurements"))
    tags = event.get("tags")
    pairs = tags.items() if isinstance(tags, dict) else _pairs(listed(tags))
    for key, value in pairs:
        if isinstance(key, str):
            found[key] = value
    return found


def _add_exchange(attributes: Attributes, event: dict[str, Any]) -> None:
    """The method and status of a request, which SDKs on servers say beside the trace."""
    method = mapping(event.get("request")).get("method")
    status = mapping(mapping(event.get("contexts")).get("response")).get("status_code")
    if method is not None and "http.method" not in attributes:
        attributes.setdefault("http.request.method", method)
    if status is not None and "http.status_code" not in attributes:
        attributes.setdefault("http.response.status_code", status)


def _pairs(tags: list[Any]) -> list[tuple[Any, Any]]:
    return [(one[0], one[1]) for one in tags if isinstance(one, list) and len(one) == 2]


def _child(sent: dict[str, Any], root: Span) -> Span:
    """A span of the list, or a span that came alone in the same shape."""
    start, end = interval(sent.get("start_timestamp"), sent.get("timestamp"))
    own = sent.get("exclusive_time")
    attributes: Attributes = {**mapping(sent.get("data")), **mapping(sent.get("tags"))}
    _add_measurements(attributes, sent.get("measurements"))
    return Span(
        trace_id=trace_id(sent.get("trace_id") or root.trace_id),
        span_id=span_id(sent.get("span_id")),
        parent_span_id=optional_span_id(sent.get("parent_span_id")) or root.span_id,
        segment_id=root.span_id,
        segment=root.segment,
        start=start,
        end=end,
        op=text(sent.get("op")) or text(attributes.get("sentry.op")),
        description=text(sent.get("description")),
        status=text(sent.get("status")),
        origin=text(sent.get("origin")) or text(attributes.get("sentry.origin")),
        self_us=round(own * 1000) if isinstance(own, int | float) and 0 <= own < 1e10 else None,
        links=listed(sent.get("links")),
        attributes=attributes,
    )


def _add_measurements(attributes: Attributes, sent: object) -> None:
    for name, measured in list(mapping(sent).items())[:50]:
        value = measured.get("value") if isinstance(measured, dict) else measured
        if isinstance(value, int | float) and not isinstance(value, bool):
            attributes[f"measurements.{name}"] = value


def read_standalone(sent: dict[str, Any]) -> Span:
    """A span that came alone, in the shape of a transaction's spans. Raises NoSpan.

    Browsers send interactions and web vitals so, as segments of their own; what they belong
    to stands in the attributes.
    """
    attributes = mapping(sent.get("data"))
    name = text(attributes.get("sentry.transaction")) or text(attributes.get("transaction"))
    nothing = Span(trace_id="", span_id="", start=0, end=0, segment=name)
    span = _child(sent, nothing)
    span.segment_id = optional_span_id(sent.get("segment_id")) or optional_span_id(
        attributes.get("sentry.pageload.span_id")
    )
    span.is_segment = False
    if sent.get("is_segment") is True and not name:
        span.is_segment, span.segment = True, span.description or UNNAMED
    return span
