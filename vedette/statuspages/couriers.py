"""Hands messages to subscribers side by side: a side that hangs keeps no other waiting."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import close_old_connections

from vedette import clock
from vedette.outgoing.crew import Crew, Errand
from vedette.outgoing.fetcher import Fetcher
from vedette.statuspages.models import StatusDelivery
from vedette.statuspages.subscribing import forget_unconfirmed
from vedette.statuspages.telling import claim, forget_told, hand_over

_MOST: Final = 8
_MOST_SLOW: Final = 4
_TIDY_EVERY: Final = timedelta(hours=1)


class Couriers:
    """Gives out what is due to free threads, one message of a side at a time."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._crew = Crew("status", most=_MOST, most_slow=_MOST_SLOW)
        self._tidied: datetime | None = None

    def take_turn(self) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single side."""
        self._tidy(clock.now())
        return self._crew.take_turn(self._claim)

    def close(self) -> None:
        """Wait for what is on its way."""
        self._crew.close()

    def _claim(
        self, *, besides: Collection[int], only: Collection[int] | None, most: int
    ) -> list[Errand]:
        found = claim(clock.now(), besides=besides, only=only, most=most)
        return [
            Errand(side=one.subscriber.side, id=one.pk, run=partial(self._send, one))
            for one in found
        ]

    def _send(self, one: StatusDelivery) -> None:
        try:
            hand_over(one, self._fetcher)
        finally:
            close_old_connections()

    def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now - self._tidied > _TIDY_EVERY:
            self._tidied = now
            forget_unconfirmed(now)
            forget_told(now)
