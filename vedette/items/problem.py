"""Performance problems: what the product finds in spans itself; nobody else may send any.

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
from vedette.problems.detection import detect
from vedette.problems.detectors import detectors
from vedette.problems.occurrence import EVENT_TYPE, event_of
from vedette.wire.envelope import build_envelope, new_event_id


def read(item: RawItem) -> Effects | Drop:
    """The event, if it names a kind of problem that there is."""
    return read_found(item, detectors(), EVENT_TYPE, "unknown_problem", level="info")


def sample() -> bytes:
    """A loop of queries."""
    segment = detectors()["performance_n_plus_one_db_queries"].bad()
    (detected,) = detect(segment, {})
    event = event_of(new_event_id(), segment, detected, {"platform": "python"})
    event |= {"event_id": new_event_id(), "timestamp": time.time()}
    return build_envelope(
        {"event_id": event["event_id"]}, [({"type": "problem"}, msgspec.json.encode(event))]
    )


KIND = ItemKind(
    types=("problem",),
    category="problem",
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
