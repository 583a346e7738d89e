"""Spans that are streamed in containers while their trace goes on. Source: protocol, 3.3 (a)."""

from __future__ import annotations

from typing import Any

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
from vedette.spans.transactions import UNNAMED


def read_container(container: dict[str, Any]) -> tuple[list[Span], int]:
    """The container's spans, and how many of its items were none.

    A segment is built of whatever arrives: each span says to which it belongs, and how that
    is called; a route is often known only when the segment ends, so its own word counts most.
    """
    spans: list[Span] = []
    items = listed(container.get("items"))
    refused = max(0, len(items) - MOST_SPANS)
    for sent in items[:MOST_SPANS]:
        try:
            spans.append(_span(mapping(sent)))
        except NoSpan:
            refused += 1
    _name_by_segments(spans)
    measure_self_times(spans)
    return spans, refused


def _name_by_segments(spans: list[Span]) -> None:
    names = {(one.trace_id, one.span_id): one.segment for one in spans if one.is_segment}
    for span in spans:
        span.segment = names.get((span.trace_id, span.segment_id), span.segment)


def _span(sent: dict[str, Any]) -> Span:
    attributes = _values(mapping(sent.get("attributes")))
    start, end = interval(sent.get("start_timestamp"), sent.get("end_timestamp"))
    name = text(sent.get("name"))
    own = attributes.pop("sentry.exclusive_time", None)
    made = Span(
        trace_id=trace_id(sent.get("trace_id")),
        span_id=span_id(sent.get("span_id")),
        parent_span_id=optional_span_id(sent.get("parent_span_id")),
        segment_id=optional_span_id(attributes.pop("sentry.segment.id", None)),
        is_segment=sent.get("is_segment") is True,
        segment=text(attributes.pop("sentry.segment.name", None)),
        start=start,
        end=end,
        op=text(attributes.pop("sentry.op", None)),
        description=text(attributes.pop("sentry.description", None)) or name,
        status=text(sent.get("status")),
        origin=text(attributes.pop("sentry.origin", None)),
        self_us=round(own * 1000) if isinstance(own, int | float) and 0 < own < 1e10 else None,
        links=listed(sent.get("links")),
        attributes=attributes,
    )
    made.segment = made.segment or text(attributes.get("sentry.transaction"))
    if made.is_segment:
        made.segment_id = made.span_id
        made.segment = made.segment or name or UNNAMED
    return made


def _values(sent: dict[str, Any]) -> Attributes:
    """The values alone: what they are is seen."""
    return {
        key: value["value"]
        for key, value in sent.items()
        if isinstance(value, dict) and "value" in value
    }
