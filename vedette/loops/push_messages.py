"""Push messages are handed over to the services of browsers."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 1.0
_MOST_ROUNDS = 20


def run(house: House) -> None:
    """Send what is due. What encrypts is loaded only once somebody has a browser that listens."""
    from vedette.push.models import PushMessage

    if not PushMessage.objects.exists():
        return
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher
    from vedette.push.sending import send_due

    fetcher = Fetcher(read_networks(house.config.outgoing_networks))
    for _ in range(_MOST_ROUNDS):
        if not send_due(fetcher):
            return


LOOP = Loop(name="push messages", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
