"""Threads that hand messages over side by side: a channel that hangs holds one of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections

from vedette import clock
from vedette.alerts.claiming import claim, is_any_due
from vedette.alerts.delivery import hand_over
from vedette.alerts.fallbacks import fall_back_paused
from vedette.alerts.models import OutboxMessage
from vedette.outgoing.fetcher import Fetcher

_MOST = 8
_MOST_ROUNDS = 50
_ROUND_SECONDS = 0.05


class Couriers:
    """Gives out what is due, one message a channel at a time, to threads that are free."""

    def __init__(self, fetcher: Fetcher, *, most: int = _MOST) -> None:
        self._fetcher = fetcher
        self._most = most
        self._pool = ThreadPoolExecutor(most, "deliver")
        self._busy: set[int] = set()  # channels
        self._returned = threading.Condition()

    def take_turn(self) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single channel."""
        given = 0
        for _ in range(_MOST_ROUNDS):
            now = self._give_out()
            given += now
            with self._returned:
                if not now and len(self._busy) < self._most:
                    break
                self._returned.wait(_ROUND_SECONDS)
        return given

    def close(self) -> None:
        """Wait for what is on its way."""
        self._pool.shutdown()

    def _give_out(self) -> int:
        moment = clock.now()
        with self._returned:
            busy = set(self._busy)
        if len(busy) >= self._most or not is_any_due(moment):
            return 0
        fall_back_paused(moment)
        messages = claim(moment, besides=busy, most=self._most - len(busy))
        for message in messages:
            with self._returned:
                self._busy.add(message.channel_id)
            self._pool.submit(self._carry, message)
        return len(messages)

    def _carry(self, message: OutboxMessage) -> None:
        try:
            hand_over(message, self._fetcher)
        finally:
            close_old_connections()
            with self._returned:
                self._busy.discard(message.channel_id)
                self._returned.notify_all()
