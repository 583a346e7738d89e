"""Lines of .NET methods, read from a portable PDB: which line an offset in a method's IL is of.

The form is "Portable PDB v1.0" over the metadata of ECMA-335 II.24: streams, of which `#~` holds
tables and `#Blob` what they point at. Only two tables are read, which stand first: documents,
and for each method its sequence points.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAGIC = b"BSJB"
_DOCUMENT, _METHOD = 0x30, 0x31
_METHOD_TOKEN = 0x06
_WIDE_STRINGS, _WIDE_GUIDS, _WIDE_BLOBS = 1, 2, 4
_MOST_POINTS = 20_000  # of one method
_MOST_POINT_BYTES = 1 << 17
_MOST_CHANGES = 200  # of the document within a method
_MOST_PARTS = 200  # of the name of a document
_MOST_NAME = 1000
_SHORTEST = 4


class Point(NamedTuple):
    """From this offset on, a method's code is of this place."""

    offset: int
    path: str
    line: int
    column: int


class _Rows(NamedTuple):
    """A table: where it begins, how many rows it has and of what size."""

    start: int
    rows: int
    size: int

    def at(self, row: int) -> int:
        """Where a row is; they count from 1. Raises ValueError."""
        if not 1 <= row <= self.rows:
            raise ValueError(f"row {row} of {self.rows}")
        return self.start + (row - 1) * self.size


class PortablePdb:
    """Raises ValueError for what is no portable PDB."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            streams = dict(_streams(data))
            blob_start, blob_size = streams["#Blob"]
            self._blob = memoryview(data)[blob_start : blob_start + blob_size]
            self._read_tables(streams["#~"][0])
        except (KeyError, IndexError, struct.error) as error:
            raise ValueError(f"it is no portable PDB: {error!r}") from None

    @property
    def methods(self) -> int:
        """How many methods it tells of; some have no line."""
        return self._method.rows

    def size_bytes(self, method: int) -> int:
        """How many bytes there are to read for the points of a method, by its number."""
        try:
            return min(len(self._points_held(method)[1]), _MOST_POINT_BYTES)
        except (ValueError, IndexError):
            return 0

    def points(self, method: int) -> list[Point]:
        """The places in a method by their offsets; none if nothing is known, or much too much.

        Code that the compiler made in between (`hidden`) counts as of the place before it.
        """
        try:
            return list(self._read_points(method))
        except (ValueError, IndexError, struct.error):
            return []

    def _read_tables(self, start: int) -> None:
        wide, valid = self._data[start + 6], self._number(start + 8, 8)
        if valid & ((1 << _DOCUMENT) - 1) or not valid & (1 << _METHOD):
            raise ValueError("it has no tables of a portable PDB alone")
        numbers = [number for number in range(64) if valid >> number & 1]
        counts = {number: self._number(start + 24 + 4 * at, 4) for at, number in enumerate(numbers)}
        self._blob_bytes = 4 if wide & _WIDE_BLOBS else 2
        guid_bytes = 4 if wide & _WIDE_GUIDS else 2
        documents, methods = counts.get(_DOCUMENT, 0), counts[_METHOD]
        self._document_bytes = 4 if documents >= 1 << 16 else 2
        first = start + 24 + 4 * len(numbers)
        self._document = _Rows(first, documents, 2 * self._blob_bytes + 2 * guid_bytes)
        after = first + documents * self._document.size
        self._method = _Rows(after, methods, self._document_bytes + self._blob_bytes)
        if after + methods * self._method.size > len(self._data):
            raise ValueError("its tables are cut off")

    def _number(self, start: int, size: int) -> int:
        if start + size > len(self._data):
            raise IndexError(start)
        return int.from_bytes(self._data[start : start + size], "little")

    def _bytes(self, index: int) -> memoryview:
        """A blob of the heap, which begins with its length."""
        length, start = _compressed(self._blob, index)
        if start + length > len(self._blob):
            raise IndexError(index)
        return self._blob[start : start + length]

    def _points_held(self, method: int) -> tuple[int, memoryview]:
        """The document of a method, 0 for several, and its sequence points as they are held."""
        row = self._method.at(method)
        document = self._number(row, self._document_bytes)
        return document, self._bytes(self._number(row + self._document_bytes, self._blob_bytes))

    def _read_points(self, method: int) -> Iterator[Point]:
        document, held = self._points_held(method)
        if not held or len(held) > _MOST_POINT_BYTES:
            return
        _, at = _compressed(held, 0)  # the signature of the local variables
        if not document:
            document, at = _compressed(held, at)
        path = self._path(document)
        offset = line = column = 0
        is_first = is_first_shown = True
        changes = 0
        for _ in range(_MOST_POINTS):
            if at >= len(held):
                return
            step, at = _compressed(held, at)
            if not step and not is_first:
                document, at = _compressed(held, at)
                changes += 1
                if changes > _MOST_CHANGES:
                    return
                path = self._path(document)
                continue
            offset += step
            is_first = False
            lines, at = _compressed(held, at)
            columns, at = _compressed(held, at) if not lines else _signed(held, at)
            if not lines and not columns:
                continue  # hidden
            read = _compressed if is_first_shown else _signed
            down, at = read(held, at)
            right, at = read(held, at)
            line, column = line + down, column + right
            is_first_shown = False
            yield Point(offset, path, line, column)

    def _path(self, document: int) -> str:
        """The name of a document: a separator, then its parts, each in the heap; cut if long."""
        held = self._bytes(self._number(self._document.at(document), self._blob_bytes))
        if not held:
            return ""
        separator = chr(held[0]) if held[0] else ""
        at, left = 1, _MOST_NAME
        parts: list[str] = []
        while at < len(held) and len(parts) < _MOST_PARTS and left > 0:
            index, at = _compressed(held, at)
            part = bytes(self._bytes(index)[:left]) if index else b""
            left -= len(part)
            parts.append(part.decode("utf-8", "replace"))
        return separator.join(parts)


def point_at(points: Sequence[Point], offset: int) -> Point | None:
    """The place of an offset among the points of its method."""
    index = bisect_right(points, offset, key=lambda one: one.offset) - 1
    return points[index] if index >= 0 else None


def method_of(token: int) -> int:
    """The number of a method by its token, as .NET names it; 0 for a token of something else."""
    return token & 0xFFFFFF if token >> 24 == _METHOD_TOKEN else 0


def _streams(data: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """The name, start and size of each stream. Raises ValueError, IndexError, struct.error."""
    if data[:4] != MAGIC:
        raise ValueError("it does not begin as metadata does")
    (length,) = struct.unpack_from("<I", data, 12)
    at = 16 + length
    (count,) = struct.unpack_from("<H", data, at + 2)
    at += 4
    for _ in range(count):
        start, size = struct.unpack_from("<II", data, at)
        end = data.index(b"\0", at + 8, at + 8 + 32)
        yield data[at + 8 : end].decode("ascii", "replace"), (start, size)
        at = at + 8 + (end - at - 8) // _SHORTEST * _SHORTEST + _SHORTEST


def _compressed(data: memoryview, at: int) -> tuple[int, int]:
    """A number of one, two or four bytes, and where the next one begins. Raises IndexError."""
    first = data[at]
    if first < 0x80:
        return first, at + 1
    if first < 0xC0:
        return (first & 0x3F) << 8 | data[at + 1], at + 2
    return (first & 0x1F) << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3], at + 4


def _signed(data: memoryview, at: int) -> tuple[int, int]:
    """One with a sign, which is its last bit."""
    raw, end = _compressed(data, at)
    bits = {1: 6, 2: 13, 4: 28}[end - at]
    return (raw >> 1) - (raw & 1) * (1 << bits), end
