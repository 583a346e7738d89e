"""Streamed spans: containers of the newer SDKs, single ones of browsers (protocol, 3.3)."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._bounds import holds_too_much
from vedette.items._columns import PERSON
from vedette.items._kept import json_sample
from vedette.items._spans import FIELDS, SPANS, effects_of
from vedette.outcome import Drop, DropReason
from vedette.spans.otel import read_span
from vedette.spans.span import NoSpan, Span, mapping
from vedette.spans.streamed import decode_container, read_container
from vedette.spans.transactions import read_standalone
from vedette.wire.envelope import new_event_id

_decode = msgspec.json.Decoder().decode


def read(item: RawItem) -> Effects | Drop:
    """A row for each span: a payload with a list of items is a container, any other is one span."""
    if holds_too_much(item.payload):
        return Drop(DropReason.TOO_COSTLY)
    try:
        container = decode_container(item.payload)
        if container is not None:
            return effects_of(item, *read_container(container, item.meta.project_id))
        single: Any = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    if not isinstance(single, dict):
        return Drop(DropReason.INVALID_ITEM)
    try:
        span = _single(item.header.type, single)
    except NoSpan as error:
        return Drop(DropReason.INVALID_ITEM, str(error))
    return effects_of(item, [span], 0)


def _single(kind: str, payload: dict[str, Any]) -> Span:
    if kind == "otel_span":
        span = read_span(mapping(payload), {})
        span.segment_id = span.span_id if span.is_segment else ""
        return span
    return read_standalone(payload)


_NOW = time.time()

KIND = ItemKind(
    types=("span", "otel_span"),
    category="span",
    worth=Worth.DETAIL,
    person=PERSON,
    most_bytes=12 << 20,
    is_bulky=True,
    is_container=True,
    tables=(SPANS,),
    read=read,
    sample=json_sample(
        "span",
        {
            "version": 2,
            "items": [
                {
                    "trace_id": new_event_id(),
                    "span_id": new_event_id()[:16],
                    "name": "GET /",
                    "status": "ok",
                    "is_segment": True,
                    "start_timestamp": _NOW - 0.1,
                    "end_timestamp": _NOW,
                    "attributes": {"sentry.op": {"value": "http.server", "type": "string"}},
                }
            ],
        },
        item_count=1,
        content_type="application/vnd.sentry.items.span.v2+json",
    ),
    fields=FIELDS,
)
