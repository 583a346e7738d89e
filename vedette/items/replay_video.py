"""A segment of a mobile replay: its event, its recording and a video in one (protocol, 3.11)."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from vedette.items import Blob, Effects, ItemKind, RawItem, Worth
from vedette.items._columns import PERSON
from vedette.items._replays import FIELDS, REPLAYS, once, read_event, read_recording
from vedette.outcome import Drop, DropReason
from vedette.recordings.packing import unpack, unpack_video
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def to_json(item: RawItem) -> bytes:
    """Event and recording as one JSON object; the video is left beside. Raises ValueError."""
    made, item.beside = unpack_video(item.payload)
    return made


def read(item: RawItem) -> Effects | Drop:
    """A row for the recording, whose video lies in a blob, and one for the event if it came."""
    try:
        item.payload = unpack(item.payload) if item.payload[:1] == b"{" else to_json(item)
        event = _decode(item.payload)
    except (ValueError, RecursionError):
        return Drop(DropReason.INVALID_ITEM, "no_recording")
    replay_id = clean_event_id(event.get("replay_id")) or clean_event_id(item.envelope.event_id)
    if not replay_id:
        return Drop(DropReason.INVALID_ITEM, "no_replay")
    found = read_recording(item, replay_id)
    if isinstance(found, Drop):
        return found
    effects = Effects(rows=[found.row], bodies=[found.body], quantity=1)
    if item.beside:
        effects.blobs.append(Blob(found.row, "video_blob", item.beside))
    about = read_event({**event, "replay_id": replay_id}, item)
    if about is not None:
        effects.rows.append(about)
    return once(effects, "replay_video")


def sample() -> bytes:
    """A segment with a video of a few bytes."""
    now, replay_id = time.time(), new_event_id()
    event = {
        "type": "replay_event",
        "replay_id": replay_id,
        "segment_id": 0,
        "replay_start_timestamp": now - 5,
        "timestamp": now,
        "platform": "java",
    }
    events = [{"type": 4, "timestamp": now * 1000, "data": {"href": "", "width": 1, "height": 1}}]
    payload = msgspec.msgpack.encode(
        {
            "replay_event": msgspec.json.encode(event),
            "replay_recording": b'{"segment_id":0}\n' + msgspec.json.encode(events),
            "replay_video": b"\x00\x00\x00\x18ftypmp42",
        }
    )
    return build_envelope({"event_id": replay_id}, [({"type": "replay_video"}, payload)])


KIND = ItemKind(
    types=("replay_video",),
    category="replay",
    worth=Worth.BULK,
    person=PERSON,
    tie="replay_id",
    most_bytes=20 << 20,
    is_bulky=True,
    carries_event_id=True,
    to_json=to_json,
    holds_pages=True,
    tables=(REPLAYS,),
    read=read,
    sample=sample,
    fields=FIELDS,
)
