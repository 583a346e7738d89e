"""The recording of a segment of a session replay: what happened on the page (protocol, 3.11)."""

from __future__ import annotations

import time
import zlib

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._columns import PERSON
from vedette.items._replays import FIELDS, REPLAYS, once, read_recording
from vedette.outcome import Drop, DropReason
from vedette.recordings.packing import unpack
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id


def to_json(item: RawItem) -> bytes:
    """The recording unpacked. Raises ValueError."""
    return unpack(item.payload)


def read(item: RawItem) -> Effects | Drop:
    """One row with the summary, and the events as its body; the envelope names the replay."""
    replay_id = clean_event_id(item.envelope.event_id) or item.meta.event_id
    if not replay_id:
        return Drop(DropReason.INVALID_ITEM, "no_replay")
    try:
        item.payload = unpack(item.payload)
    except ValueError:
        return Drop(DropReason.INVALID_ITEM, "no_recording")
    found = read_recording(item, replay_id)
    if isinstance(found, Drop):
        return found
    return once(Effects(rows=[found.row], bodies=[found.body]), "replay_recording")


def sample() -> bytes:
    """A page that is clicked once."""
    now = time.time()
    click = {"category": "ui.click", "timestamp": now, "message": "body > button#pay"}
    events = [
        {"type": 4, "timestamp": now * 1000 - 900, "data": {"href": "https://shop.example/"}},
        {"type": 5, "timestamp": now * 1000, "data": {"tag": "breadcrumb", "payload": click}},
    ]
    payload = b'{"segment_id":0}\n' + zlib.compress(msgspec.json.encode(events))
    return build_envelope({"event_id": new_event_id()}, [({"type": "replay_recording"}, payload)])


KIND = ItemKind(
    types=("replay_recording",),
    category="replay",
    worth=Worth.BULK,
    person=PERSON,
    tie="replay_id",
    most_bytes=10 << 20,
    is_bulky=True,
    to_json=to_json,
    holds_pages=True,
    tables=(REPLAYS,),
    read=read,
    sample=sample,
    fields=FIELDS,
)
