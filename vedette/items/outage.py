"""Outages: a job that fails, a monitor that is down, as events; and that they are over.

Only the product says so. Both go through the spool one after the other, so that the end of an
outage finds the issue that its beginning made; where the beginning comes later all the same, from
another node or out of what was set aside, it is looked up whether it still lasts.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec

from vedette.facts import Fact
from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._columns import PERSON
from vedette.items.event import ERRORS
from vedette.outcome import Drop, DropReason
from vedette.own_events import CRON, OUTAGES
from vedette.uptime.outages import (
    CATEGORY,
    FOUND_BY,
    ITEM_TYPE,
    OVER_TYPE,
    Outage,
    OutageBegan,
    OutageOver,
    OverItem,
    Watched,
    event_of,
)
from vedette.wire.envelope import build_envelope, new_event_id


class _Monitor(msgspec.Struct):
    id: int


class _Occurrence(msgspec.Struct):
    """What has to be known of an outage whose event comes."""

    monitor: _Monitor
    environment: str


_decode = msgspec.json.Decoder(dict[str, Any]).decode
_decode_over = msgspec.json.Decoder(OverItem).decode


def read(item: RawItem) -> Effects | Drop:
    """The event, if it is of a category of outages; or the fact that one is over."""
    try:
        if item.header.type == OVER_TYPE:
            return Effects(facts=[_over(item)])
        event = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    category = event.get("type")
    if category not in OUTAGES:
        return Drop(DropReason.INVALID_ITEM, "unknown_outage")
    event |= {"logger": FOUND_BY[category], "exception": None, "threads": None}
    try:
        return Effects(event=msgspec.json.encode(event), facts=_began(item, event))
    except UnicodeEncodeError:  # half of a pair of surrogates
        return Drop(DropReason.INVALID_ITEM)


def _began(item: RawItem, event: dict[str, Any]) -> list[Fact]:
    try:
        found = msgspec.convert(event.get("occurrence"), _Occurrence)
    except msgspec.ValidationError:
        return []
    return [
        OutageBegan(
            project_id=item.meta.project_id,
            monitor_id=found.monitor.id,
            environment=found.environment,
            is_job=event["type"] == CRON,
            at=item.meta.received,
        )
    ]


def _over(item: RawItem) -> OutageOver:
    found = _decode_over(item.payload)
    return OutageOver(
        project_id=item.meta.project_id,
        group_id=found.group_id,
        at=found.at,
        words=found.words[:200],
    )


def sample() -> bytes:
    """A job that missed its run."""
    watched = Watched(id=1, slug="nightly", name="Nightly", kind="cron", is_job=True)
    outage = Outage(environment="production", since=time.time(), reason="missed", text="a run")
    event = event_of(new_event_id(), watched, outage)
    return build_envelope(
        {"event_id": event["event_id"]}, [({"type": ITEM_TYPE}, msgspec.json.encode(event))]
    )


KIND = ItemKind(
    types=(ITEM_TYPE, OVER_TYPE),
    category=CATEGORY,
    worth=Worth.SAMPLE,
    person=PERSON,
    spares="group_id",
    most_bytes=1 << 20,
    is_limited=False,
    carries_event_id=True,
    is_once=True,
    is_own=True,
    tables=(ERRORS,),
    facts=(OutageBegan, OutageOver),
    read=read,
    sample=sample,
)
