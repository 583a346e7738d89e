"""Segment files: `MARK LENGTHS CRC meta body` records, named by the position of their first byte.

Positions count bytes over all segments of a writer and never go back, so a position is both
an order and an identity. Every record of a segment begins with the segment's mark, a random
number that stands in the file's name: bytes that a client sends can never pass for a record.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterator
from mmap import mmap
from os import fstat
from pathlib import Path
from typing import BinaryIO, NamedTuple

from zlib_ng import zlib_ng

_HEADER = struct.Struct("<IHII")  # mark, meta length, body length, crc of meta + body
HEADER_BYTES = _HEADER.size
_PIECE_BYTES = 256 << 10
_SUFFIX = ".spool"
_FLOOR = "floor"


class Segment(NamedTuple):
    """One file: the position of its first byte, the mark of its records."""

    start: int
    mark: int
    path: Path

    @property
    def end(self) -> int:
        """The position after its last byte, whole or torn; its start once it is deleted."""
        try:
            return self.start + self.path.stat().st_size
        except FileNotFoundError:
            return self.start


class Record(NamedTuple):
    """One record; `end` is the position after it."""

    start: int
    end: int
    meta: bytes
    body: bytes


class Place(NamedTuple):
    """A record whose body stays in its file, from the offset `body_at` on."""

    start: int
    end: int
    meta: bytes
    body_at: int
    body_bytes: int


def new_mark() -> int:
    """A mark that nobody outside can guess."""
    return secrets.randbits(32)


def pack(meta: bytes, body: bytes | mmap, mark: int) -> bytes:
    """The header that precedes `meta` and `body` in the file."""
    return _HEADER.pack(mark, len(meta), len(body), zlib_ng.crc32(body, zlib_ng.crc32(meta)))


def make(folder: Path, start: int, mark: int) -> Segment:
    """The segment of this writer whose first byte has the position `start`."""
    return Segment(start, mark, folder / f"{start:020d}-{mark:08x}{_SUFFIX}")


def find(folder: Path) -> list[Segment]:
    """The folder's segments, ascending."""
    found = []
    for path in folder.glob(f"*{_SUFFIX}"):
        start, _, mark = path.stem.partition("-")
        found.append(Segment(int(start), int(mark, 16), path))
    return sorted(found)


def end_position(folder: Path) -> int:
    """The position after everything the folder holds or ever held; 0 if it is new."""
    found = find(folder)
    return max(found[-1].end if found else 0, _floor(folder))


def note_floor(folder: Path, position: int) -> None:
    """Remember durably that positions before this one were used, before segments go."""
    temporary = folder / (_FLOOR + ".new")
    with temporary.open("w") as file:
        file.write(str(position))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / _FLOOR)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _floor(folder: Path) -> int:
    try:
        return int((folder / _FLOOR).read_text())
    except FileNotFoundError:
        return 0


def scan(data: bytes, start: int, mark: int) -> Iterator[Record]:
    """The whole records at the head of `data`, whose first byte has the position `start`."""
    offset = 0
    size = len(data)
    while offset + HEADER_BYTES <= size:
        held, meta_length, body_length, crc = _HEADER.unpack_from(data, offset)
        if held != mark:
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


def place_at(file: BinaryIO, held: Segment, position: int, *, is_checked: bool) -> Place | None:
    """The record at a position of a segment; None if none lies there whole.

    With `is_checked` its bytes are read and compared with its sum, a piece at a time.
    """
    offset = position - held.start
    file.seek(offset)
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    mark, meta_length, body_length, crc = _HEADER.unpack(header)
    body_at = offset + HEADER_BYTES + meta_length
    if mark != held.mark or body_at + body_length > fstat(file.fileno()).st_size:
        return None
    meta = file.read(meta_length)
    if is_checked and _sum(file, body_length, zlib_ng.crc32(meta)) != crc:
        return None
    return Place(position, held.start + body_at + body_length, meta, body_at, body_length)


def _sum(file: BinaryIO, left: int, crc: int) -> int:
    while left and (piece := file.read(min(left, _PIECE_BYTES))):
        crc = zlib_ng.crc32(piece, crc)
        left -= len(piece)
    return crc if not left else -1


def resync(data: bytes, mark: int) -> int | None:
    """The offset of the first whole record in `data`, or None."""
    sign = mark.to_bytes(4, "little")
    offset = data.find(sign)
    while offset >= 0:
        if next(scan(data[offset:], 0, mark), None) is not None:
            return offset
        offset = data.find(sign, offset + 1)
    return None


def damage_at(file: BinaryIO, held: Segment, position: int) -> int:
    """How many bytes from a position of a segment on are no record."""
    file.seek(position - held.start)
    rest = file.read()
    offset = resync(rest, held.mark)
    return len(rest) if offset is None else offset


def next_length(data: bytes, mark: int) -> int | None:
    """The length of the record at the head of `data`; None if its header is not whole."""
    if len(data) < HEADER_BYTES:
        return None
    held, meta_length, body_length, _ = _HEADER.unpack_from(data)
    return HEADER_BYTES + meta_length + body_length if held == mark else None


def first_meta(file: BinaryIO, mark: int) -> bytes | None:
    """The meta of the record at the file's position: None if the record is not whole, empty
    if what lies there is none.
    """
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    held, meta_length, body_length, _ = _HEADER.unpack(header)
    if held != mark:
        return b""
    meta = file.read(meta_length)
    rest = fstat(file.fileno()).st_size - file.tell()
    return meta if len(meta) == meta_length and rest >= body_length else None
