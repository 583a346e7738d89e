"""Hands messages over to browsers side by side: a service that hangs keeps no other waiting."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from django.db import close_old_connections

from vedette import clock
from vedette.outgoing.crew import Crew, Errand
from vedette.outgoing.fetcher import Fetcher
from vedette.push.models import PushMessage
from vedette.push.sending import authorizer, claim, hand_over, side_of

_MOST = 8
_MOST_SLOW = 4


class Workers:
    """Gives out what is due, a few messages of a push service at a time, to free threads."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._crew = Crew("push", most=_MOST, most_slow=_MOST_SLOW)

    def take_turn(self) -> int:
        """Give out until nothing more is due; returns how many. Waits for no single service."""
        return self._crew.take_turn(self._claim)

    def close(self) -> None:
        """Wait for what is on its way."""
        self._crew.close()

    def _claim(
        self, *, besides: Collection[int], only: Collection[int] | None, most: int
    ) -> list[Errand]:
        moment = clock.now()
        found = claim(moment, besides=besides, only=only, most=most)
        if not found:
            return []
        authorize = authorizer(moment)
        return [
            Errand(
                side=side_of(one.pk, one.subscription.endpoint),
                id=one.pk,
                run=partial(self._send, one, authorize),
            )
            for one in found
        ]

    def _send(self, message: PushMessage, authorize: Callable[[str], str]) -> None:
        try:
            hand_over(message, self._fetcher, authorize)
        finally:
            close_old_connections()
