"""What a person wrote about an error (the legacy item): feedback that names the event."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Worth
from vedette.items._columns import integer, text, time, uuid
from vedette.items._feedback import (
    FEEDBACK,
    MOST_CHARACTERS,
    FeedbackSeen,
    clean,
    effects_of,
)
from vedette.outcome import Drop, DropReason
from vedette.store.table import Table
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id

# What versions without an inbox wrote; it is read until its retention has taken it.
REPORTS = Table(
    name="user_reports",
    columns=(
        *integer("project_id"),
        *uuid("event_id"),
        *time("received"),
        *text("name", "email", "comments"),
    ),
)


class _Report(msgspec.Struct):
    event_id: Any = None
    name: Any = None
    email: Any = None
    comments: Any = None
    source: Any = None
    trapped: Any = None


_decode = msgspec.json.Decoder(_Report).decode


def read(item: RawItem) -> Effects | Drop:
    """Feedback about an event. The envelope's id wins over the report's own (protocol, 3.9)."""
    try:
        report = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    event_id = clean_event_id(item.envelope.event_id) or clean_event_id(report.event_id)
    if event_id is None:
        return Drop(DropReason.INVALID_ITEM, "report_without_event")
    values = {
        "kind": "report",
        "event_id": event_id,
        "name": clean(report.name, 128),
        "email": clean(report.email, 254),
        "comments": clean(report.comments, MOST_CHARACTERS),
        "url": "",
        "source": clean(report.source, 64) or "report",
        "trapped": report.trapped is True,
    }
    return effects_of(item, values, None)


def sample() -> bytes:
    """A short report."""
    event_id = new_event_id()
    report = {"event_id": event_id, "name": "Alice", "email": "", "comments": "It broke."}
    return build_envelope(
        {"event_id": event_id}, [({"type": "user_report"}, msgspec.json.encode(report))]
    )


KIND = ItemKind(
    types=("user_report",),
    category="feedback",
    worth=Worth.SAMPLE,
    person={"email": "email", "username": "name"},
    most_bytes=1 << 20,
    carries_event_id=True,
    tables=(FEEDBACK, REPORTS),
    facts=(FeedbackSeen,),
    read=read,
    sample=sample,
)
