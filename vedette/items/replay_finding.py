"""What the product finds in recordings of replays itself; nobody else may send any.

The payload is an event with an `occurrence`; it is stored among events under a type of its own,
so that it is an issue like any other and no error.
"""

from __future__ import annotations

import time

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._columns import PERSON
from vedette.items._found import read_found
from vedette.items.event import ERRORS
from vedette.outcome import Drop
from vedette.own_events import REPLAY
from vedette.recordings.findings import KINDS, event_of
from vedette.recordings.marks import Mark
from vedette.wire.envelope import build_envelope, new_event_id


def read(item: RawItem) -> Effects | Drop:
    """The event, if it names a kind of finding that there is."""
    return read_found(item, KINDS, REPLAY, "unknown_finding")


def sample() -> bytes:
    """A button that was clicked in rage."""
    detail = {"clicks": 7, "url": "https://shop.example/checkout"}
    mark = Mark(round(time.time() * 1000), "rage", "body > button#pay", detail)
    event = event_of(mark, {"replay_id": new_event_id()})
    return build_envelope(
        {"event_id": event["event_id"]}, [({"type": "replay_finding"}, msgspec.json.encode(event))]
    )


KIND = ItemKind(
    types=("replay_finding",),
    category="replay_finding",
    worth=Worth.SAMPLE,
    person=PERSON,
    spares="group_id",
    most_bytes=1 << 20,
    carries_event_id=True,
    is_once=True,
    is_own=True,
    tables=(ERRORS,),
    read=read,
    sample=sample,
)
