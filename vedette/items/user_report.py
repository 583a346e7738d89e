"""What a person wrote about an error (the legacy item), shown beside the event."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.items import Effects, ItemKind, RawItem, Row, Worth
from vedette.items._columns import integer, text, time, uuid
from vedette.outcome import Drop, DropReason
from vedette.store.table import Table
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id

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


_decode = msgspec.json.Decoder(_Report).decode


def read(item: RawItem) -> Effects | Drop:
    """One row. The envelope's event id wins over the report's own (protocol, 3.9)."""
    try:
        report = _decode(item.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Drop(DropReason.INVALID_JSON)
    event_id = clean_event_id(item.envelope.event_id) or clean_event_id(report.event_id)
    if event_id is None:
        return Drop(DropReason.INVALID_ITEM, "report_without_event")
    received = int(item.meta.received * 1_000_000)
    row = Row(
        REPORTS,
        {
            "project_id": item.meta.project_id,
            "event_id": event_id,
            "timestamp": received,
            "received": received,
            "name": _text(report.name, 128),
            "email": _text(report.email, 254),
            "comments": _text(report.comments, 8192),
        },
    )
    return Effects(rows=[row])


def sample() -> bytes:
    """A short report."""
    event_id = new_event_id()
    report = {"event_id": event_id, "name": "Alice", "email": "", "comments": "It broke."}
    return build_envelope(
        {"event_id": event_id}, [({"type": "user_report"}, msgspec.json.encode(report))]
    )


def _text(value: object, most: int) -> str:
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


KIND = ItemKind(
    types=("user_report",),
    category="feedback",
    worth=Worth.SAMPLE,
    person={"email": "email", "username": "name"},
    most_bytes=1 << 20,
    carries_event_id=True,
    tables=(REPORTS,),
    read=read,
    sample=sample,
)
