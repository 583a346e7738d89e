"""Bytes of a file that may lie about itself: what is not there is None."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from typing import Any


class Held:
    """A file in memory. Reading beyond it gives None, never an exception."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    def __len__(self) -> int:
        return len(self._data)

    def slice(self, start: int, size: int) -> memoryview | None:
        """The bytes, all of them or none."""
        if start < 0 or size < 0 or start + size > len(self._data):
            return None
        return self._data[start : start + size]

    def unpack(self, form: str, start: int) -> tuple[Any, ...] | None:
        """Little-endian values, in the words of `struct`."""
        held = self.slice(start, _size(form))
        return None if held is None else struct.unpack(f"<{form}", held)

    def text(self, start: int, most_characters: int = 1000) -> str:
        """A string of a minidump: its length in bytes, then UTF-16; empty if it is not there."""
        size = self.unpack("I", start)
        held = self.slice(start + 4, min(size[0], 2 * most_characters)) if size else None
        return clean(bytes(held).decode("utf-16-le", "replace")) if held is not None else ""


def entries(held: Held, stream: tuple[int, int] | None, size: int, most: int) -> Iterator[int]:
    """Where the entries of a list begin: a count, padding on some systems, then the entries."""
    if stream is None:
        return
    start, length = stream
    count = held.unpack("I", start)
    if count is None:
        return
    first = start + (8 if length == 8 + count[0] * size else 4)
    for at in range(min(count[0], most, max(length // size, 0))):
        yield first + at * size


def clean(text: str) -> str:
    """Text without control characters and lone surrogates."""
    plain = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return "".join(char for char in plain if char.isprintable())


@cache
def _size(form: str) -> int:
    return struct.calcsize(f"<{form}")
