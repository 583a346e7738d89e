"""When each monitor is due: the same slots on every run, spread over the interval, without drift.

A slot is a time of the wall clock, waited for by a clock that is never set. So a clock that is
set neither makes a burst nor leaves anything out for long: the next slot is found by the new time.
"""

from __future__ import annotations

import hashlib
import heapq
from typing import NamedTuple

_SCALE = 1000  # slots are whole milliseconds
_NEAR_SECONDS = 0.5  # clocks are read and set by little: a slot that is so near was just taken


def offset_of(key: str, interval: float) -> float:
    """The place of a monitor within its interval, in seconds."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % round(interval * _SCALE) / _SCALE


def next_slot(key: str, interval: float, after: float) -> float:
    """The first slot later than a time."""
    offset = offset_of(key, interval)
    number = (after - offset) // interval + 1
    slot = number * interval + offset
    return slot if slot > after else slot + interval


class Turn(NamedTuple):
    """One monitor is due: `due` by the wall, `late` by the steady clock, in seconds."""

    id: int
    due: float
    late: float
    is_retry: bool


class _Entry(NamedTuple):
    steady: float
    id: int
    due: float
    is_retry: bool
    mark: int


class Slots:
    """The plan of one prober. `wall` and `steady` are the two clocks, both in seconds.

    Each monitor has one next turn; whoever took it asks for the one after it with `plan`.
    """

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._marks: dict[int, int] = {}
        self._mark = 0

    def __len__(self) -> int:
        return len(self._marks)

    def plan(
        self,
        monitor: int,
        key: str,
        interval: float,
        *,
        wall: float,
        steady: float,
        retry_in: float | None = None,
    ) -> float:
        """The next turn, at its slot or earlier, in `retry_in` seconds; replaces what was planned.

        Returns when it is due.
        """
        due = next_slot(key, interval, wall + _NEAR_SECONDS)
        is_retry = retry_in is not None and wall + retry_in < due
        if is_retry:
            due = wall + max(retry_in or 0.0, 0.0)
        self._mark += 1
        self._marks[monitor] = self._mark
        heapq.heappush(self._heap, _Entry(steady + due - wall, monitor, due, is_retry, self._mark))
        return due

    def forget(self, monitor: int) -> None:
        """It has no turn any more."""
        self._marks.pop(monitor, None)

    def wait(self, steady: float) -> float | None:
        """Seconds until the next turn, at least 0; None if there is none."""
        self._drop()
        return max(self._heap[0].steady - steady, 0.0) if self._heap else None

    def take(self, steady: float) -> list[Turn]:
        """The turns that have come, in order. They are planned no more."""
        turns: list[Turn] = []
        self._drop()
        while self._heap and self._heap[0].steady <= steady:
            entry = heapq.heappop(self._heap)
            del self._marks[entry.id]
            turns.append(Turn(entry.id, entry.due, steady - entry.steady, entry.is_retry))
            self._drop()
        return turns

    def _drop(self) -> None:
        """Entries that were replaced or forgotten."""
        while self._heap and self._marks.get(self._heap[0].id) != self._heap[0].mark:
            heapq.heappop(self._heap)
