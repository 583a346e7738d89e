"""Threads that work side by side with many other sides: with each of them one at a time.

A side that hangs holds one thread. Those that were slow lately share a part of the threads, so
that however many of them hang, what works never waits for a thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

SLOW_SECONDS = 3.0
_MOST_ROUNDS = 20  # of a turn, so that what has a turn is asked again whether it shall go on
_ROUND_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Something to do with a side; `id` is what it is about."""

    side: int
    id: int
    run: Callable[[], object]


class Claim(Protocol):
    """Takes at most so many errands: none of the sides `besides`, `only` of some if it says so."""

    def __call__(
        self, *, besides: Collection[int], only: Collection[int] | None, most: int
    ) -> Sequence[Errand]: ...


@dataclass(frozen=True, slots=True)
class _Trip:
    """An errand on its way, and since when."""

    id: int
    began: float = field(default_factory=time.monotonic)

    @property
    def is_slow(self) -> bool:
        return time.monotonic() - self.began > SLOW_SECONDS


class Crew:
    """`most_slow` of the `most` threads may be with sides that were slow."""

    def __init__(self, name: str, *, most: int, most_slow: int) -> None:
        self._most, self._most_slow = most, most_slow
        self._pool = ThreadPoolExecutor(most, name)
        self._trips: dict[int, _Trip] = {}  # by side
        self._slow: set[int] = set()
        self._returned = threading.Condition()

    @property
    def away(self) -> list[int]:
        """What the errands on their way are about."""
        with self._returned:
            return [trip.id for trip in self._trips.values()]

    @property
    def is_full(self) -> bool:
        """Whether no thread is free."""
        return len(self.away) >= self._most

    def give_out(self, claim: Claim) -> int:
        """Send out what there is room for; returns how many. Waits for nothing."""
        return self._send_out(claim, are_slow=False) + self._send_out(claim, are_slow=True)

    def take_turn(self, claim: Claim) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single side."""
        given = 0
        for _ in range(_MOST_ROUNDS):
            now = self.give_out(claim)
            given += now
            if not now and not self.is_full:
                break
            self.wait(_ROUND_SECONDS)
        return given

    def wait(self, seconds: float) -> None:
        """Until somebody returns, or so long."""
        with self._returned:
            self._returned.wait(seconds)

    def close(self) -> None:
        """Wait for what is on its way."""
        self._pool.shutdown()

    def _send_out(self, claim: Claim, *, are_slow: bool) -> int:
        """With the sides that were slow, or with all others."""
        with self._returned:
            busy, slow = set(self._trips), set(self._slow)
            free = self._most - len(busy)
            if are_slow:
                away = sum(one in slow or trip.is_slow for one, trip in self._trips.items())
                free = min(free, self._most_slow - away)
        if free <= 0 or (are_slow and not slow - busy):
            return 0
        if are_slow:
            errands = claim(besides=(), only=slow - busy, most=free)
        else:
            errands = claim(besides=busy | slow, only=None, most=free)
        for errand in errands:
            with self._returned:
                self._trips[errand.side] = _Trip(errand.id)
            self._pool.submit(self._go, errand)
        return len(errands)

    def _go(self, errand: Errand) -> None:
        try:
            errand.run()
        finally:
            with self._returned:
                trip = self._trips.pop(errand.side)
                if trip.is_slow:
                    self._slow.add(errand.side)
                else:
                    self._slow.discard(errand.side)
                self._returned.notify_all()
