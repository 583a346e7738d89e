"""Segment files: `LENGTHS CRC meta body` records, named by the position of their first byte.

Positions count bytes over all segments of a writer and never go back, so a position is both
an order and an identity. A reader stops at the first record that is not whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from zlib_ng import zlib_ng

_HEADER = struct.Struct("<IHII")  # magic, meta length, body length, crc of meta + body
_MAGIC = 0x56454431
HEADER_BYTES = _HEADER.size
_SUFFIX = ".spool"


class Record(NamedTuple):
    """One record; `end` is the position after it."""

    start: int
    end: int
    meta: bytes
    body: bytes


def pack(meta: bytes, body: bytes) -> bytes:
    """The header that precedes `meta` and `body` in the file."""
    return _HEADER.pack(_MAGIC, len(meta), len(body), zlib_ng.crc32(body, zlib_ng.crc32(meta)))


def path(folder: Path, start: int) -> Path:
    """The segment file whose first byte has the position `start`."""
    return folder / f"{start:020d}{_SUFFIX}"


def starts(folder: Path) -> list[int]:
    """The positions at which the folder's segments start, ascending."""
    return sorted(int(file.stem) for file in folder.glob(f"*{_SUFFIX}"))


def end_position(folder: Path) -> int:
    """The position after everything the folder holds, whole or torn: where a new segment starts.

    A torn tail is never written over and never read as data: the reader steps from the last
    whole record of a segment to the next segment.
    """
    found = starts(folder)
    return found[-1] + path(folder, found[-1]).stat().st_size if found else 0


def scan(data: bytes, start: int) -> Iterator[Record]:
    """The whole records at the head of `data`, whose first byte has the position `start`."""
    offset = 0
    size = len(data)
    while offset + HEADER_BYTES <= size:
        magic, meta_length, body_length, crc = _HEADER.unpack_from(data, offset)
        if magic != _MAGIC:
            return
        meta_start = offset + HEADER_BYTES
        body_start = meta_start + meta_length
        end = body_start + body_length
        if end > size:
            return
        meta, body = data[meta_start:body_start], data[body_start:end]
        if zlib_ng.crc32(body, zlib_ng.crc32(meta)) != crc:
            return
        yield Record(start + offset, start + end, meta, body)
        offset = end


def resync(data: bytes, offset: int) -> int | None:
    """The offset of the next whole record after a damaged one at `offset`, or None."""
    magic = _MAGIC.to_bytes(4, "little")
    while True:
        offset = data.find(magic, offset + 1)
        if offset < 0:
            return None
        if next(scan(data[offset:], 0), None) is not None:
            return offset


def next_length(data: bytes) -> int | None:
    """The length of the record at the head of `data`; None if its header is not whole."""
    if len(data) < HEADER_BYTES:
        return None
    magic, meta_length, body_length, _ = _HEADER.unpack_from(data)
    return HEADER_BYTES + meta_length + body_length if magic == _MAGIC else None
