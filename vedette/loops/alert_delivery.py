"""Messages of alerts are handed over as soon as they lie in the outbox."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 0.3
_MOST_ROUNDS = 50


def run(house: House) -> None:
    """Send until nothing is due."""
    from vedette.alerts.delivery import deliver_due
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    fetcher = Fetcher(read_networks(house.config.outgoing_networks))
    for _ in range(_MOST_ROUNDS):
        if not deliver_due(fetcher):
            return


LOOP = Loop(name="alert delivery", interval_seconds=_INTERVAL_SECONDS, run=run)
