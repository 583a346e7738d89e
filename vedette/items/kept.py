"""Every item whose home is a later capability, or that is not known at all: kept as it came.

A raw item is stored with its kind, project, time and ids, so that nothing sent today is lost
when the capability arrives.
"""

from __future__ import annotations

import re

import msgspec
import zstandard

from vedette.items import ItemKind, Parsed, RawItem, Row
from vedette.items._columns import blob, integer, text, uuid
from vedette.store.table import Retention, Table
from vedette.wire.envelope import build_envelope, new_event_id
from vedette.wire.limits import category_of

KEPT_ITEMS = Table(
    name="kept_items",
    columns=(
        *integer("project_id", "size_bytes"),
        *uuid("event_id", "trace_id"),
        *text("category", "item_type", "content_type", "encoding", "item_header"),
        *blob("body"),
    ),
    retention=Retention.KEPT_ITEMS,
)

_TRACE = re.compile(rb'"trace_id"\s*:\s*"([0-9a-f]{32})"')
_BINARY = frozenset({"replay_recording", "replay_video", "unreal_report"})


def read(item: RawItem) -> Parsed:
    """One row with the payload as it came."""
    kind = item.header.type
    trace = _TRACE.search(item.payload, 0, 4096)
    row = Row(
        KEPT_ITEMS,
        {
            "project_id": item.meta.project_id,
            "event_id": item.meta.event_id or None,
            "trace_id": trace[1].decode() if trace else None,
            "timestamp": int(item.meta.received * 1_000_000),
            "category": category_of(kind),
            "item_type": "".join(char for char in kind if char.isprintable())[:64],
            "content_type": (item.header.content_type or "")[:128],
            "encoding": "zstd",
            "item_header": msgspec.json.encode(item.header).decode(),
            "size_bytes": len(item.payload),
            "body": item.payload,
        },
    )
    is_json = item.payload[:1] in (b"{", b"[") and kind not in _BINARY
    return Parsed(rows=[row], scrub=is_json)


def compress(body: bytes) -> bytes:
    """The form in which a kept payload is stored."""
    return zstandard.compress(body, 3)


def sample() -> bytes:
    """A transaction."""
    payload = msgspec.json.encode({"type": "transaction", "transaction": "/checkout"})
    return build_envelope({"event_id": new_event_id()}, [({"type": "transaction"}, payload)])


KIND = ItemKind(types=("",), tables=(KEPT_ITEMS,), read=read, sample=sample)
