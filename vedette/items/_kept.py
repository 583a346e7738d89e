"""Items whose home is a later capability, or that nobody knows: kept as they came.

A kept row holds all that is needed to read the item again as if it had just arrived: both
headers, the payload (scrubbed), what the door knew of the request. When a kind gets a
reader of its own, `vedette.pipeline.reingest` sends its kept rows through the pipeline.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import zstandard

from vedette.items import (
    INLINE_BYTES,
    Blob,
    Effects,
    ItemKind,
    PayloadForm,
    RawItem,
    Row,
    Worth,
    kind_of,
)
from vedette.items._columns import blob, integer, text, time, uuid
from vedette.store.table import Retention, Table
from vedette.wire.envelope import build_envelope, new_event_id

KEPT_ITEMS = Table(
    name="kept_items",
    columns=(
        *integer("project_id", "ordinal", "size_bytes", "quantity"),
        *uuid("event_id", "trace_id"),
        *time("received"),
        *text("category", "item_type", "content_type", "encoding"),
        *text("envelope_header", "item_header", "remote_address", "client", "user_agent"),
        *text("body_blob"),
        *blob("body"),
    ),
    retention=Retention.KEPT_ITEMS,
)

_TRACE = re.compile(rb'"trace_id"\s*:\s*"([0-9a-f]{32})"')
_HEADER_CHARACTERS = 16_384


def kept_kind(
    *types: str,
    category: str,
    sample: Callable[[], bytes],
    aliases: tuple[str, ...] = (),
    most_bytes: int | None = None,
    is_bulky: bool = False,
    is_container: bool = False,
    is_event: bool = False,
    carries_event_id: bool = False,
    is_once: bool = False,
    worth: Worth = Worth.SAMPLE,
    form: PayloadForm = PayloadForm.JSON,
    to_json: Callable[[RawItem], bytes] | None = None,
) -> ItemKind:
    """A kind without a home yet: everything but `read` is declared as it will stay."""
    return ItemKind(
        types=types,
        category=category,
        aliases=aliases,
        most_bytes=most_bytes,
        is_bulky=is_bulky,
        is_container=is_container,
        is_event=is_event,
        carries_event_id=carries_event_id,
        is_once=is_once,
        form=form,
        to_json=to_json,
        worth=worth,
        person={"ip": "remote_address"},
        is_kept=True,
        tables=(KEPT_ITEMS,),
        read=keep,
        sample=sample,
    )


def keep(item: RawItem) -> Effects:
    """One row with the payload, compressed; a large one lies in a blob."""
    kind = item.header.type
    trace = _TRACE.search(item.payload, 0, 4096)
    received = int(item.meta.received * 1_000_000)
    row = Row(
        KEPT_ITEMS,
        {
            "project_id": item.meta.project_id,
            "ordinal": item.ordinal,
            "event_id": item.meta.event_id or None,
            "trace_id": trace[1].decode() if trace else None,
            "timestamp": received,
            "received": received,
            "category": kind_of(kind).category,
            "quantity": kind_of(kind).quantity(item.header),
            "item_type": "".join(char for char in kind if char.isprintable())[:64],
            "content_type": (item.header.content_type or "")[:128],
            "encoding": "zstd",
            "envelope_header": _line(item.envelope_line),
            "item_header": _line(item.header_line),
            "remote_address": item.meta.remote_address,
            "client": item.meta.client,
            "user_agent": item.meta.user_agent,
            "size_bytes": len(item.payload),
        },
    )
    body = zstandard.compress(item.payload, 3)
    if len(body) > INLINE_BYTES:
        return Effects(rows=[row], blobs=[Blob(row, "body_blob", body)])
    row.values["body"] = body
    return Effects(rows=[row])


def restore(body: bytes) -> bytes:
    """The payload of a stored body. Raises zstandard.ZstdError for other bytes."""
    return zstandard.decompress(body)


def json_sample(item_type: str, payload: object, **header: object) -> Callable[[], bytes]:
    """A sample with one JSON item."""

    def sample() -> bytes:
        return build_envelope(
            {"event_id": new_event_id()},
            [({"type": item_type, **header}, msgspec.json.encode(payload))],
        )

    return sample


def bytes_sample(item_type: str, payload: bytes, **header: object) -> Callable[[], bytes]:
    """A sample with one item that is not JSON."""

    def sample() -> bytes:
        return build_envelope(
            {"event_id": new_event_id()}, [({"type": item_type, **header}, payload)]
        )

    return sample


def _line(line: bytes) -> str:
    return line[:_HEADER_CHARACTERS].decode("utf-8", "replace").replace("\x00", "")
