"""The memory that a dump holds, by address."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from vedette.crashes.bytes import Held


class Region(NamedTuple):
    """A piece of memory: its address, its size, and where its bytes lie in the file."""

    start: int
    size: int
    where: int


class Memory:
    """Memory that can be asked for words. What is not in the dump is None."""

    def __init__(self, held: Held | None = None, regions: Iterable[Region] = ()) -> None:
        self._held = held or Held(b"")
        self._regions = sorted(
            one for one in regions if self._held.slice(one.where, one.size) is not None
        )
        self._starts = [one.start for one in self._regions]

    def region(self, address: int) -> Region | None:
        """The piece that holds the address."""
        at = bisect_right(self._starts, address) - 1
        if at < 0:
            return None
        region = self._regions[at]
        return region if address < region.start + region.size else None

    def word(self, address: int, size: int) -> int | None:
        """The word of 4 or 8 bytes at an address."""
        region = self.region(address)
        if region is None or address + size > region.start + region.size:
            return None
        held = self._held.slice(region.where + address - region.start, size)
        return None if held is None else int.from_bytes(held, "little")

    def words(self, address: int, size: int, most: int) -> list[int]:
        """The words from an address on, to the end of its piece, at most so many."""
        region = self.region(address)
        if region is None:
            return []
        count = min((region.start + region.size - address) // size, most)
        held = self._held.slice(region.where + address - region.start, count * size)
        return (
            []
            if held is None
            else list(struct.unpack(f"<{count}{'Q' if size == 8 else 'I'}", held))
        )
