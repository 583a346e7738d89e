"""Messages of alerts are handed over as soon as they lie in the outbox."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vedette.loops import House, Loop

if TYPE_CHECKING:
    from vedette.alerts.couriers import Couriers

_INTERVAL_SECONDS = 0.3


def run(house: House) -> None:
    """Send until nothing is due but what waits for a channel that hangs."""
    _couriers(house.config.outgoing_networks).take_turn()


@cache
def _couriers(networks: str) -> Couriers:
    """Those of this process: they go on from one turn to the next."""
    from vedette.alerts.couriers import Couriers
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    return Couriers(Fetcher(read_networks(networks)))


LOOP = Loop(name="alert delivery", interval_seconds=_INTERVAL_SECONDS, run=run)
