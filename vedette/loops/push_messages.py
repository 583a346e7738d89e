"""Push messages are handed over to the services of browsers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vedette.loops import House, Loop

if TYPE_CHECKING:
    from vedette.push.workers import Workers

_INTERVAL_SECONDS = 1.0


def run(house: House) -> None:
    """Give out what is due. What encrypts is loaded once somebody has a browser that listens."""
    from vedette.push.models import PushMessage

    if PushMessage.objects.exists():
        _workers(house.config.outgoing_networks).take_turn()


@cache
def _workers(networks: str) -> Workers:
    """Those of this process: they go on from one turn to the next."""
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher
    from vedette.push.workers import Workers

    return Workers(Fetcher(read_networks(networks)))


LOOP = Loop(name="push messages", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
