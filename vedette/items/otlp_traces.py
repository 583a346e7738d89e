"""Traces of OpenTelemetry exporters: requests of OTLP/HTTP, protobuf and JSON (protocol, 1.11)."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._bounds import holds_too_much
from vedette.items._columns import PERSON
from vedette.items._kept import json_sample
from vedette.items._otlp import MOST_BYTES, json_of
from vedette.items._spans import FIELDS, SPANS, effects_of
from vedette.outcome import Drop, DropReason
from vedette.spans.otel import read_request
from vedette.wire.envelope import new_event_id

_decode = msgspec.json.Decoder().decode


def read(item: RawItem) -> Effects | Drop:
    """A row for each span of the request."""
    if holds_too_much(item.payload):
        return Drop(DropReason.TOO_COSTLY)
    try:
        payload: Any = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    if not isinstance(payload, dict):
        return Drop(DropReason.INVALID_ITEM)
    return effects_of(item, *read_request(payload))


_NOW = time.time_ns()
_SAMPLE = {
    "resourceSpans": [
        {
            "resource": {
                "attributes": [{"key": "service.name", "value": {"stringValue": "checkout"}}]
            },
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": new_event_id(),
                            "spanId": new_event_id()[:16],
                            "name": "GET /",
                            "kind": 2,
                            "startTimeUnixNano": str(_NOW - 10**8),
                            "endTimeUnixNano": str(_NOW),
                        }
                    ]
                }
            ],
        }
    ]
}

KIND = ItemKind(
    types=("otlp_traces",),
    category="span",
    worth=Worth.DETAIL,
    person=PERSON,
    is_bulky=True,
    most_bytes=MOST_BYTES,
    to_json=json_of("traces"),
    tables=(SPANS,),
    read=read,
    sample=json_sample("otlp_traces", _SAMPLE, content_type="application/json"),
    fields=FIELDS,
)
