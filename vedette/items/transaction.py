"""Transactions: a segment with its spans, in the payload of an event (protocol, 3.2)."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec

from vedette.items import Body, Effects, ItemKind, RawItem, Worth
from vedette.items._bounds import holds_too_much
from vedette.items._columns import PERSON
from vedette.items._spans import FIELDS, SPANS, effects_of, header_of
from vedette.outcome import Drop, DropReason
from vedette.spans.origin import columns_of, of_event
from vedette.spans.span import NoSpan, mapping
from vedette.spans.transactions import read_transaction
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id
from vedette.wire.json_text import parse

_decode = msgspec.json.Decoder().decode


def read(item: RawItem) -> Effects | Drop:
    """A row for the segment, with the rest of the payload as its body, and one for each span."""
    if holds_too_much(item.payload):
        return Drop(DropReason.TOO_COSTLY)
    event = _payload(item.payload)
    if event is None:
        return Drop(DropReason.INVALID_JSON)
    try:
        transaction = read_transaction(event)
    except NoSpan as error:
        return Drop(DropReason.INVALID_ITEM, str(error))
    origin = columns_of(of_event(event, header_of(item), item.meta.remote_address))
    effects = effects_of(item, transaction.spans, transaction.refused, origin)
    effects.quantity = None  # it is one transaction
    segment = effects.rows[0]
    segment.values["event_id"] = item.meta.event_id or clean_event_id(event.get("event_id"))
    effects.bodies.append(Body(segment, _body(transaction.event)))
    return effects


def _payload(payload: bytes) -> dict[str, Any] | None:
    """The event; one that is no strict JSON is read as clients mean it."""
    try:
        found: Any = _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            found = parse(payload)
        except ValueError:
            return None
    return mapping(found) if isinstance(found, dict) else None


def _body(event: dict[str, Any]) -> bytes:
    """What has no column: contexts, request, breadcrumbs, extra."""
    try:
        return msgspec.json.encode(event)
    except (UnicodeEncodeError, TypeError):  # half of a pair of surrogates, a NaN
        return json.dumps(event).encode()


def sample() -> bytes:
    """A request with one query."""
    now, trace, root = time.time(), new_event_id(), new_event_id()[:16]
    event = {
        "type": "transaction",
        "transaction": "/checkout",
        "start_timestamp": now - 0.2,
        "timestamp": now,
        "contexts": {"trace": {"trace_id": trace, "span_id": root, "op": "http.server"}},
        "spans": [
            {
                "trace_id": trace,
                "span_id": new_event_id()[:16],
                "parent_span_id": root,
                "op": "db",
                "description": "SELECT * FROM orders WHERE id = %s",
                "start_timestamp": now - 0.15,
                "timestamp": now - 0.1,
            }
        ],
    }
    return build_envelope(
        {"event_id": new_event_id()}, [({"type": "transaction"}, msgspec.json.encode(event))]
    )


KIND = ItemKind(
    types=("transaction",),
    category="transaction",
    worth=Worth.DETAIL,
    person=PERSON,
    is_bulky=True,
    is_event=True,
    carries_event_id=True,
    is_once=True,
    tables=(SPANS,),
    read=read,
    sample=sample,
    fields=FIELDS,
)
