"""Kept items are read again once their kind has a home: exactly once, through the spool.

A kept row is made the envelope it came in, with the time and address of then, and appended
to a spool writer of its own; then it is deleted. The record carries the row's identity as
`origin`: should a crash come between the two, the second reading is known as a duplicate.
What the item counts as moves from `kept` to what it came to, in the hour it was received.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import xxhash
import zstandard

from vedette.blobs import BlobFolder
from vedette.items import kinds
from vedette.items._kept import KEPT_ITEMS, restore
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.writer import SpoolWriter
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.visible import VisibleProjects

log = logging.getLogger("vedette.pipeline")

WRITER = "reingest"
_AT_ONCE = 200
_FAR = 1 << 52
_COLUMNS = tuple(column.name for column in KEPT_ITEMS.all_columns)


def reingest(store: Store, blobs: BlobFolder, spool_folder: Path) -> int:
    """Send one portion of kept items whose kind has a home now through the pipeline.

    Returns how many; 0 means that nothing is left. Only one process may do it at a time.
    """
    homed = sorted(name for name, kind in kinds().items() if name and not kind.is_kept)
    rows = _kept_rows(store, homed)
    records = [_record(row, blobs) for row in rows]
    asyncio.run(_append(spool_folder / WRITER, [record for record in records if record]))
    if rows:
        store.delete([KEPT_ITEMS.name], _these(rows), start=0, end=_FAR)
    return len(rows)


def origin_of(row: dict[str, Any]) -> Origin:
    """Which kept row this is: an identity made of its place in the spool; and its count."""
    place = f"kept:{row['writer']}:{row['position']}:{row['ordinal'] or 0}:{row['item_type']}"
    identity = xxhash.xxh3_128_hexdigest(place.encode())
    return Origin(identity, row["category"] or "default", row["quantity"] or 1)


def _kept_rows(store: Store, item_types: list[str]) -> list[dict[str, Any]]:
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=KEPT_ITEMS.name,
        columns={name: q.Field(name) for name in _COLUMNS},
        where=[q.OneOf(q.Field("item_type"), list[q.Value](item_types))],
        order_by=[q.Order("timestamp"), q.Order("position")],
        start=0,
        end=_FAR,
        limit=_AT_ONCE,
    )
    return store.query(select).dicts()


def _record(row: dict[str, Any], blobs: BlobFolder) -> tuple[bytes, bytes] | None:
    """Meta and body of the spool record; None if the payload cannot be had any more."""
    body = row["body"] if row["body"] is not None else blobs.get(row["body_blob"] or "")
    try:
        payload = restore(body or b"")
    except zstandard.ZstdError:
        log.error("a kept %s cannot be read again: its payload is gone", row["item_type"])
        return None
    header = _object(row["item_header"])
    header |= {"type": row["item_type"], "length": len(payload)}
    if row["content_type"]:
        header["content_type"] = row["content_type"]
    envelope = _object(row["envelope_header"])
    if row["event_id"]:
        envelope.setdefault("event_id", row["event_id"])
    encode = msgspec.json.encode
    data = b"\n".join((encode(envelope), encode(header), payload)) + b"\n"
    meta = Meta(
        row["project_id"],
        row["timestamp"] / 1_000_000,
        "",
        row["event_id"] or "",
        row["remote_address"] or "",
        row["client"] or "",
        row["user_agent"] or "",
        inflated_bytes=len(data),
        origin=origin_of(row),
    )
    return encode_meta(meta), data


def _object(text: str | None) -> dict[str, Any]:
    try:
        held = msgspec.json.decode(text or "{}")
    except msgspec.DecodeError:
        return {}
    return held if isinstance(held, dict) else {}


async def _append(folder: Path, records: Sequence[tuple[bytes, bytes]]) -> None:
    if not records:
        return
    writer = SpoolWriter(folder, segment_bytes=64 << 20)
    writer.start(asyncio.get_running_loop())
    try:
        await asyncio.gather(*(writer.append(meta, body) for meta, body in records))
    finally:
        await writer.stop()


def _these(rows: Sequence[dict[str, Any]]) -> q.Condition:
    def one(row: dict[str, Any]) -> q.Condition:
        names = ("writer", "position", "ordinal", "item_type")
        return q.All([q.Compare(q.Field(name), "=", row[name]) for name in names])

    return q.Either([one(row) for row in rows])
