"""What a segment of a session replay says of itself (protocol, 3.11)."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from vedette.items import Body, Effects, ItemKind, RawItem, Worth
from vedette.items._bounds import holds_too_much
from vedette.items._columns import PERSON
from vedette.items._replays import FIELDS, REPLAYS, once, read_event
from vedette.outcome import Drop, DropReason
from vedette.wire.envelope import build_envelope, new_event_id

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def read(item: RawItem) -> Effects | Drop:
    """One row, with the payload as its body."""
    if holds_too_much(item.payload):
        return Drop(DropReason.TOO_COSTLY)
    try:
        event = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    row = read_event(event, item)
    if row is None:
        return Drop(DropReason.INVALID_ITEM, "no_replay")
    row.values["size_bytes"] = len(item.payload)
    return once(Effects(rows=[row], bodies=[Body(row, item.payload)]), "replay_event")


def sample() -> bytes:
    """The first segment of a replay with an error."""
    now, replay_id = time.time(), new_event_id()
    event = {
        "type": "replay_event",
        "replay_id": replay_id,
        "segment_id": 0,
        "replay_type": "session",
        "replay_start_timestamp": now - 5,
        "timestamp": now,
        "urls": ["https://shop.example/checkout"],
        "error_ids": [new_event_id()],
        "trace_ids": [new_event_id()],
        "release": "shop@1.0.0",
        "environment": "production",
        "platform": "javascript",
        "user": {"id": "7", "email": "alice@example.com"},
    }
    return build_envelope(
        {"event_id": replay_id}, [({"type": "replay_event"}, msgspec.json.encode(event))]
    )


KIND = ItemKind(
    types=("replay_event",),
    category="replay",
    worth=Worth.BULK,
    person=PERSON,
    tie="replay_id",
    is_bulky=True,
    carries_event_id=True,
    tables=(REPLAYS,),
    read=read,
    sample=sample,
    fields=FIELDS,
)
