"""Threads that hand messages over side by side: a channel that hangs holds one of them.

Channels that were slow lately share a part of the threads, so that however many of them hang,
what works never waits for a thread.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from django.db import close_old_connections

from vedette import clock
from vedette.alerts.claiming import claim, is_any_due, renew
from vedette.alerts.delivery import hand_over
from vedette.alerts.fallbacks import fall_back_waiting
from vedette.alerts.models import OutboxMessage
from vedette.outgoing.fetcher import Fetcher

_MOST = 24
_MOST_SLOW = 16
_SLOW_SECONDS = 3.0
_RENEW_SECONDS = 15.0
_MOST_ROUNDS = 50
_ROUND_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Trip:
    """A message on its way, and since when."""

    message_id: int
    began: float = field(default_factory=time.monotonic)

    @property
    def is_slow(self) -> bool:
        return time.monotonic() - self.began > _SLOW_SECONDS


class Couriers:
    """Gives out what is due, one message a channel at a time, to threads that are free.

    `most_slow` of the `most` threads may be with channels that were slow.
    """

    def __init__(self, fetcher: Fetcher, *, most: int = _MOST, most_slow: int = _MOST_SLOW) -> None:
        self._fetcher = fetcher
        self._most, self._most_slow = most, most_slow
        self._pool = ThreadPoolExecutor(most, "deliver")
        self._trips: dict[int, _Trip] = {}  # by channel
        self._slow: set[int] = set()  # channels
        self._renewed = time.monotonic()
        self._returned = threading.Condition()

    def take_turn(self) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single channel."""
        self._renew()
        given = 0
        for _ in range(_MOST_ROUNDS):
            now = self._give_out()
            given += now
            with self._returned:
                if not now and len(self._trips) < self._most:
                    break
                self._returned.wait(_ROUND_SECONDS)
        return given

    def close(self) -> None:
        """Wait for what is on its way."""
        self._pool.shutdown()

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < _RENEW_SECONDS:
            return
        self._renewed = time.monotonic()
        with self._returned:
            messages = [trip.message_id for trip in self._trips.values()]
        if messages:
            renew(messages, clock.now())

    def _give_out(self) -> int:
        moment = clock.now()
        if not is_any_due(moment):
            return 0
        fall_back_waiting(moment)
        return self._send_out(moment, are_slow=False) + self._send_out(moment, are_slow=True)

    def _send_out(self, moment: datetime, *, are_slow: bool) -> int:
        """Messages of the channels that were slow, or of all others, on their way."""
        with self._returned:
            busy, slow = set(self._trips), set(self._slow)
            free = self._most - len(busy)
            if are_slow:
                away = sum(one in slow or trip.is_slow for one, trip in self._trips.items())
                free = min(free, self._most_slow - away)
        if free <= 0 or (are_slow and not slow - busy):
            return 0
        if are_slow:
            messages = claim(moment, only=slow - busy, most=free)
        else:
            messages = claim(moment, besides=busy | slow, most=free)
        for message in messages:
            with self._returned:
                self._trips[message.channel_id] = _Trip(message.pk)
            self._pool.submit(self._carry, message)
        return len(messages)

    def _carry(self, message: OutboxMessage) -> None:
        try:
            hand_over(message, self._fetcher)
        finally:
            close_old_connections()
            with self._returned:
                trip = self._trips.pop(message.channel_id)
                if trip.is_slow:
                    self._slow.add(message.channel_id)
                else:
                    self._slow.discard(message.channel_id)
                self._returned.notify_all()
