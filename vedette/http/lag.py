"""How late the event loop is: what any work that does not yield costs everybody else."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

_TICK_SECONDS = 0.02
_BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_WINDOW_SECONDS = 60.0


class Lag:
    """Measures by a timer that should ring every 20 ms; `start` on the loop that is measured."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._window = 0.0
        self._highs = (0.0, 0.0)  # of the last whole minute, and of this one
        self.count = 0
        self.total = 0.0

    @property
    def highest(self) -> float:
        """The most of the last one to two minutes."""
        return max(self._highs)

    def cumulative(self) -> Iterator[tuple[float, int]]:
        """For each bound, how often the loop was no later than that."""
        return zip(_BOUNDS, accumulate(self._counts), strict=False)

    def start(self) -> None:
        """Measure from now on."""
        self._schedule(asyncio.get_running_loop())

    def stop(self) -> None:
        """Measure no more."""
        if self._handle is not None:
            self._handle.cancel()

    def note(self, late: float, now: float) -> None:
        """Count one ring of the timer."""
        self.count += 1
        self.total += late
        self._counts[bisect_left(_BOUNDS, late)] += 1
        if now - self._window > _WINDOW_SECONDS:
            self._window = now
            self._highs = (self._highs[1], 0.0)
        self._highs = (self._highs[0], max(self._highs[1], late))

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = time.monotonic() + _TICK_SECONDS
        self._handle = loop.call_later(_TICK_SECONDS, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        self.note(max(0.0, now - self._due), now)
        self._schedule(loop)
