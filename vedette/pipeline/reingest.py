"""Kept items are read again once their kind has a home: exactly once, through the spool.

A kept row is made the envelope it came in, with the time and address of then, and appended
to a spool writer of its own; then it is deleted. The record carries the row's identity as
`origin`: should a crash come between the two, the second reading is known as a duplicate.
What the item counts as moves from `kept` to what it came to, in the hour it was received.

One look at times and sizes plans a run; each portion is a span of time, so that reading and
deleting it touch the day files of that time alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import xxhash
import zstandard

from vedette.blobs import BlobFolder
from vedette.items import kinds
from vedette.items._kept import KEPT_ITEMS, restore
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.visible import VisibleProjects

log = logging.getLogger("vedette.pipeline")

WRITER = "reingest"
_AT_ONCE = 1000
_BYTES_AT_ONCE = 32 << 20
_FAR = 1 << 52
_COLUMNS = tuple(column.name for column in KEPT_ITEMS.all_columns)


class _Span(NamedTuple):
    """One portion: the rows between two times, the end excluded."""

    start: int
    end: int


def reingest(
    store: Store,
    blobs: BlobFolder,
    spool_folder: Path,
    *,
    most_portions: int = 1,
    has_room: Callable[[], bool] = lambda: True,
) -> int:
    """Send some portions of kept items whose kind has a home now through the pipeline.

    `has_room` is asked between portions: whether the next may follow now. Returns how many
    items; 0 means that nothing is left. Only one process may do it at a time.
    """
    homed = sorted(name for name, kind in kinds().items() if name and not kind.is_kept)
    is_homed = q.OneOf(q.Field("item_type"), list[q.Value](homed))
    count = 0
    with SpoolRun(spool_folder / WRITER) as spool:
        for span in _plan(store, is_homed, most_portions):
            if count and not has_room():
                break
            rows = _kept_rows(store, is_homed, span)
            spool.append([record for row in rows if (record := _record(row, blobs))])
            store.delete([KEPT_ITEMS.name], _these(rows, is_homed), *span)
            count += len(rows)
    return count


def origin_of(row: dict[str, Any]) -> Origin:
    """Which kept row this is: an identity made of its place in the spool; and its count."""
    place = f"kept:{row['writer']}:{row['position']}:{row['ordinal'] or 0}:{row['item_type']}"
    identity = xxhash.xxh3_128_hexdigest(place.encode())
    return Origin(identity, row["category"] or "default", row["quantity"] or 1)


def _plan(store: Store, is_homed: q.Condition, most: int) -> Iterator[_Span]:
    """The next portions, oldest first: so many rows or bytes, a moment's rows together."""
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=KEPT_ITEMS.name,
        columns={
            "timestamp": q.TIME,
            "rows": q.count(),
            "bytes": q.call("sum", q.Field("size_bytes")),
        },
        where=[is_homed],
        group_by=["timestamp"],
        order_by=[q.Order("timestamp")],
        start=0,
        end=_FAR,
        limit=most * _AT_ONCE,
    )
    moments = [(at, rows, int(size or 0)) for at, rows, size in store.query(select).rows]
    return _spans(moments, most)


def _spans(moments: Iterable[tuple[int, int, int]], most: int) -> Iterator[_Span]:
    made = rows = size = start = end = 0
    for at, more_rows, more_size in moments:
        if rows and (rows + more_rows > _AT_ONCE or size + more_size > _BYTES_AT_ONCE):
            yield _Span(start, end)
            made, rows, size = made + 1, 0, 0
            if made == most:
                return
        start, end = start if rows else at, at + 1
        rows, size = rows + more_rows, size + more_size
    if rows:
        yield _Span(start, end)


def _kept_rows(store: Store, is_homed: q.Condition, span: _Span) -> list[dict[str, Any]]:
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=KEPT_ITEMS.name,
        columns={name: q.Field(name) for name in _COLUMNS},
        where=[is_homed],
        order_by=[q.Order("timestamp"), q.Order("position")],
        start=span.start,
        end=span.end,
        limit=_FAR,
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


def _these(rows: Sequence[dict[str, Any]], is_homed: q.Condition) -> q.Condition:
    """Exactly these: of each of their records the rows with a home, which came together."""
    by_writer: dict[str, set[int]] = {}
    for row in rows:
        by_writer.setdefault(row["writer"], set()).add(row["position"])
    return q.All([is_homed, q.Either([_at(*one) for one in by_writer.items()])])


def _at(writer: str, positions: set[int]) -> q.Condition:
    position = q.Field("position")
    return q.All(
        [
            q.Compare(q.Field("writer"), "=", writer),
            q.Compare(position, ">=", min(positions)),
            q.Compare(position, "<=", max(positions)),
            q.OneOf(position, list[q.Value](sorted(positions))),
        ]
    )
