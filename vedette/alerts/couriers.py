"""Hands messages over side by side: a channel that hangs keeps no other waiting."""

from __future__ import annotations

import time
from collections.abc import Collection
from functools import partial

from django.db import close_old_connections

from vedette import clock
from vedette.alerts.claiming import claim, is_any_due, renew
from vedette.alerts.delivery import hand_over
from vedette.alerts.fallbacks import fall_back_waiting
from vedette.alerts.models import OutboxMessage
from vedette.outgoing.crew import Crew, Errand
from vedette.outgoing.fetcher import Fetcher

_MOST = 24
_MOST_SLOW = 16
_RENEW_SECONDS = 15.0
_LOOK_SECONDS = 5.0  # for what waits to fall back
_MOST_ROUNDS = 50
_ROUND_SECONDS = 0.05


class Couriers:
    """Gives out what is due, one message a channel at a time, to threads that are free."""

    def __init__(self, fetcher: Fetcher, *, most: int = _MOST, most_slow: int = _MOST_SLOW) -> None:
        self._fetcher = fetcher
        self._crew = Crew("deliver", most=most, most_slow=most_slow)
        self._renewed = time.monotonic()
        self._looked = -_LOOK_SECONDS

    def take_turn(self) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single channel."""
        self._renew()
        given = 0
        for _ in range(_MOST_ROUNDS):
            now = self._give_out()
            given += now
            if not now and not self._crew.is_full:
                break
            self._crew.wait(_ROUND_SECONDS)
        return given

    def close(self) -> None:
        """Wait for what is on its way."""
        self._crew.close()

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < _RENEW_SECONDS:
            return
        self._renewed = time.monotonic()
        away = self._crew.away
        if away:
            renew(away, clock.now())

    def _give_out(self) -> int:
        moment = clock.now()
        if not is_any_due(moment):
            return 0
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            fall_back_waiting(moment)
            self._looked = time.monotonic()
        return self._crew.give_out(self._claim)

    def _claim(
        self, *, besides: Collection[int], only: Collection[int] | None, most: int
    ) -> list[Errand]:
        messages = claim(clock.now(), besides=besides, only=only, most=most)
        return [
            Errand(side=one.channel_id, id=one.pk, run=partial(self._carry, one))
            for one in messages
        ]

    def _carry(self, message: OutboxMessage) -> None:
        try:
            hand_over(message, self._fetcher)
        finally:
            close_old_connections()
