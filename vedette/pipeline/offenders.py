"""How much each user, device or address sent in an hour: bounded, and shared by all digesters.

A count-min sketch in a file for each digester, which alone writes it; all read all of them. What
is counted is never less than what these digesters took. It may be more: of a million things an
hour by at most 42 in 95 of 100 cases (Cormode and Muthukrishnan, 2005: e / width of all, with
probability 1 - e^-depth), and by what is digested again after a crash or a restart: a few
seconds' worth. Hours are those in which things were received, of which each file holds two.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Final

import xxhash

from vedette import clock

_DEPTH: Final = 3
_WIDTH: Final = 1 << 16
_HEAD: Final = 1024  # cells: a page
_SLOT: Final = _DEPTH * _WIDTH
_BYTES: Final = 4 * (_HEAD + 2 * _SLOT)
_MOST: Final = 1 << 62
_LOW: Final = (1 << 32) - 1
_LOOK_SECONDS: Final = 1.0
_HOUR: Final = 3600
_EMPTYING: Final = 1  # an hour that is long over: what is killed meanwhile is emptied again


class Offenders:
    """For one thread. Without a folder nothing is shared."""

    def __init__(self, folder: Path | None = None, index: int = 0) -> None:
        self._folder = folder
        self._path = folder / f"offenders-{index}" if folder is not None else None
        self._own: memoryview | None = None
        self._others: dict[Path, memoryview] = {}
        self._looked = float("-inf")

    def count(
        self, project_id: int, filter_name: str, key: str, received: float, more: int = 1
    ) -> int:
        """Count one more, or `more`; how many of this key came in its hour, with these.

        0 for what came in an hour that is long over: it is not counted any more.
        """
        hour = int(received) // _HOUR
        own = self._mine()
        start = self._slot(own, hour)
        if start is None:
            return 0
        text = f"{filter_name}:{key}".encode("utf-8", "replace")
        digest = xxhash.xxh3_64_intdigest(text, project_id)
        place, step = digest & _LOW, digest >> 32 | 1  # two hashes do for all rows (Kirsch, 2006)
        others = self._shared(hour)
        least = _MOST
        for row in range(start, start + _SLOT, _WIDTH):
            cell = row + place % _WIDTH
            value = own[cell] = own[cell] + more
            for held in others:
                value += held[cell]
            if value < least:  # noqa: PLR1730 - min() takes as long as all the rest here
                least = value
            place += step
        return least

    def close(self) -> None:
        """Let go of the files."""
        for held in (self._own, *self._others.values()):
            if held is not None:
                held.release()
        self._own, self._others = None, {}

    def _mine(self) -> memoryview:
        if self._own is None:
            if self._path is None:
                self._own = memoryview(bytearray(_BYTES)).cast("I")
            else:
                self._own = _open(self._path, is_own=True)
        return self._own

    def _slot(self, own: memoryview, hour: int) -> int | None:
        """Where the cells of an hour begin; a slot is emptied for a newer hour."""
        at = hour % 2
        start = _HEAD + at * _SLOT
        if own[at] < hour or (own[at] > hour and _is_of_a_wrong_clock(own[at], hour)):
            if own[at]:  # else it was never written to
                own[at] = _EMPTYING
                own[start : start + _SLOT] = memoryview(bytes(4 * _SLOT)).cast("I")
            own[at] = hour
        return start if own[at] == hour else None

    def _shared(self, hour: int) -> list[memoryview]:
        if self._folder is None:
            return []
        now = clock.timestamp()
        if not self._looked <= now < self._looked + _LOOK_SECONDS:
            self._looked = now
            for path in self._folder.glob("offenders-*"):
                is_known = path == self._path or path in self._others
                if not is_known and path.stat().st_size == _BYTES:
                    self._others[path] = _open(path, is_own=False)
        return [held for held in self._others.values() if held[hour % 2] == hour]


def _is_of_a_wrong_clock(held: int, hour: int) -> bool:
    """Whether an hour that is held is still to come, while another one is counted that is not:
    the clock was ahead, and that hour may be years away."""
    last = int(clock.timestamp()) // _HOUR + 1
    return held > last >= hour


def _open(path: Path, *, is_own: bool) -> memoryview:
    """The cells of a file; the own one is made, and made anew if it has another size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b" if is_own else "rb") as file:
        if is_own and path.stat().st_size != _BYTES:
            file.truncate(0)
            file.truncate(_BYTES)
        access = mmap.ACCESS_WRITE if is_own else mmap.ACCESS_READ
        return memoryview(mmap.mmap(file.fileno(), _BYTES, access=access)).cast("I")
