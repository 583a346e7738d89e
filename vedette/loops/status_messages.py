"""Subscribers of status pages are told: what is due is given out, one side at a time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vedette.loops import House, Loop

if TYPE_CHECKING:
    from vedette.statuspages.couriers import Couriers


def run(house: House) -> None:
    """Give out what is due; nothing where nobody has subscribed."""
    from vedette.statuspages.models import Subscriber

    if Subscriber.objects.exists():
        _couriers(house.config.outgoing_networks).take_turn()


@cache
def _couriers(networks: str) -> Couriers:
    """Those of this process: they go on from one turn to the next."""
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher
    from vedette.statuspages.couriers import Couriers

    return Couriers(Fetcher(read_networks(networks)))


LOOP = Loop(name="status messages", interval_seconds=1.0, run=run, needs_lease=True)
