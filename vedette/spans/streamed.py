"""Spans that are streamed in containers while their trace goes on. Source: protocol, 3.3 (a)."""

from __future__ import annotations

from typing import Any, Final

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
from vedette.spans.subject import without_ids
from vedette.spans.timing import measure_self_times
from vedette.spans.transactions import UNNAMED


class _Value(msgspec.Struct, gc=False):
    """An attribute: what type it has is seen."""

    value: Any = None


class _Sent(msgspec.Struct, gc=False):
    """A span as it is sent. Only what is named here is made into objects."""

    trace_id: Any = None
    span_id: Any = None
    parent_span_id: Any = None
    start_timestamp: Any = None
    end_timestamp: Any = None
    name: Any = None
    status: Any = None
    is_segment: Any = None
    links: Any = None
    attributes: dict[str, _Value] = {}


class Container(msgspec.Struct, gc=False):
    """The payload of a container."""

    items: list[_Sent]


_decode = msgspec.json.Decoder(Container).decode

# What browsers call every page where no router tells its route.
UNTOLD: Final = frozenset(("Pageload", "Navigation"))
_MOST_PATH_CHARACTERS: Final = 1000
_MOST_PAGES: Final = 10_000
_pages: dict[tuple[int, str, str], str] = {}  # by project, trace and segment, the newest last


def decode_container(payload: bytes) -> Container | None:
    """The container of a payload, None for JSON without a list of items.

    What in it is not of its shape is as if it were not there. Raises what decoding raises.
    """
    try:
        return _decode(payload)
    except msgspec.ValidationError:
        items = mapping(msgspec.json.decode(payload)).get("items")
        if not isinstance(items, list):
            return None
        return msgspec.convert({"items": [_regular(mapping(one)) for one in items]}, Container)


def _regular(sent: dict[str, Any]) -> dict[str, Any]:
    """A span of which each attribute is an object."""
    attributes = mapping(sent.get("attributes"))
    held = {key: one for key, one in attributes.items() if isinstance(one, dict)}
    return {**sent, "attributes": held}


def read_container(container: Container, project: int) -> tuple[list[Span], int]:
    """The spans of a project's container, and how many of its items were none.

    A segment is built of whatever arrives: each span says to which it belongs, and how that
    is called; a route is often known only when the segment ends, so its own word counts most.
    """
    spans: list[Span] = []
    refused = max(0, len(container.items) - MOST_SPANS)
    for sent in container.items[:MOST_SPANS]:
        try:
            spans.append(_span(sent, project))
        except NoSpan:
            refused += 1
    _name_by_segments(spans, project)
    measure_self_times(spans)
    return spans, refused


def _name_by_segments(spans: list[Span], project: int) -> None:
    """Spans are named by their segment, where it came along or is known from before."""
    names = {(one.trace_id, one.span_id): one.segment for one in spans if one.is_segment}
    for span in spans:
        name = names.get((span.trace_id, span.segment_id))
        if name is None and span.segment in UNTOLD:
            name = _pages.get((project, span.trace_id, span.segment_id))
        if name is not None:
            span.segment = name


def _page_of(attributes: Attributes) -> str:
    """The path of a page without what differs each time; "" where it is not said."""
    return without_ids(text(attributes.get("url.path"))[:_MOST_PATH_CHARACTERS])


def _remember(segment: Span, project: int) -> None:
    """What a page is called, for what its visit sends later: web vitals, clicks."""
    if len(_pages) >= _MOST_PAGES:
        del _pages[next(iter(_pages))]
    _pages[project, segment.trace_id, segment.span_id] = segment.segment


def _span(sent: _Sent, project: int) -> Span:
    attributes: Attributes = {key: one.value for key, one in sent.attributes.items()}
    start, end = interval(sent.start_timestamp, sent.end_timestamp)
    name, pop = text(sent.name), attributes.pop
    own = pop("sentry.exclusive_time", None)
    made = Span(
        trace_id=trace_id(sent.trace_id),
        span_id=span_id(sent.span_id),
        parent_span_id=optional_span_id(sent.parent_span_id),
        segment_id=optional_span_id(pop("sentry.segment.id", None)),
        is_segment=sent.is_segment is True,
        segment=text(pop("sentry.segment.name", None)),
        start=start,
        end=end,
        op=text(pop("sentry.op", None)),
        description=text(pop("sentry.description", None)) or name,
        status=text(sent.status),
        origin=text(pop("sentry.origin", None)),
        self_us=round(own * 1000) if isinstance(own, int | float) and 0 < own < 1e10 else None,
        links=listed(sent.links),
        attributes=attributes,
    )
    made.segment = made.segment or text(attributes.get("sentry.transaction"))
    if made.is_segment:
        made.segment_id = made.span_id
        made.segment = made.segment or name or UNNAMED
        if made.segment in UNTOLD and (page := _page_of(attributes)):
            made.segment = page
            _remember(made, project)
    return made
