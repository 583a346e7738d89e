"""How late turns were, and how late the prober's own loop is."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Final

from vedette.uptime.latency import bucket_of, middle_of, percentile

_WINDOW_SECONDS: Final = 300.0
_TICK_SECONDS: Final = 0.1
_KEPT_SECONDS: Final = 40.0  # longer than any probe
_NOTED: Final = 0.005


class Lateness:
    """The share of late turns in the last five to ten minutes, and what was missed."""

    def __init__(self) -> None:
        self._turned = float("-inf")
        self._now: dict[int, int] = {}
        self._before: dict[int, int] = {}
        self.turns = self.missed = 0

    def note(self, late_seconds: float) -> None:
        """One turn."""
        now = time.monotonic()
        if now - self._turned > _WINDOW_SECONDS:
            self._turned, self._before, self._now = now, self._now, {}
        bucket = bucket_of(late_seconds * 1000)
        self._now[bucket] = self._now.get(bucket, 0) + 1
        self.turns += 1

    @property
    def p99_ms(self) -> float:
        """What 99 of 100 turns did not exceed."""
        both = dict(self._before)
        for bucket, count in self._now.items():
            both[bucket] = both.get(bucket, 0) + count
        found = percentile(both, 0.99)
        return 0.0 if found is None or found <= middle_of(0) else round(found, 1)


class LoopLag:
    """What held the loop up lately: timings of that time are not the targets'."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque()
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0

    def start(self) -> None:
        """Measure from now on."""
        self._schedule(asyncio.get_running_loop())

    def stop(self) -> None:
        """Measure no more."""
        if self._handle is not None:
            self._handle.cancel()

    def since(self, moment: float) -> float:
        """The most, in seconds, that it was held up at once since then (of the loop's time)."""
        now = asyncio.get_running_loop().time()
        worst = max(now - self._due, 0.0) if self._due else 0.0
        for at, late in reversed(self._late):
            if at < moment:
                break
            worst = max(worst, late)
        return worst

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + _TICK_SECONDS
        self._handle = loop.call_at(self._due, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        late = now - self._due
        if late > _NOTED:
            self._late.append((now, late))
        while self._late and self._late[0][0] < now - _KEPT_SECONDS:
            self._late.popleft()
        self._schedule(loop)
