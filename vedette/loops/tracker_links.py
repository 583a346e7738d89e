"""Issues in trackers are opened, read and kept in step with those here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vedette.loops import HeldBack, House, Loop

if TYPE_CHECKING:
    from vedette.trackers.workers import Workers

_INTERVAL_SECONDS = 1.0


def run(house: House) -> None:
    """Give out what is due. Raises HeldBack in words for what health should show."""
    from vedette.trackers.health import problems
    from vedette.trackers.models import Tracker
    from vedette.trackers.working import wake_changed

    if not Tracker.objects.exists():
        return
    wake_changed()
    _workers(house.config.outgoing_networks).take_turn()
    found = problems()
    if found:
        raise HeldBack("; ".join(found))


@cache
def _workers(networks: str) -> Workers:
    """Those of this process: they go on from one turn to the next."""
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher
    from vedette.trackers.workers import Workers

    return Workers(Fetcher(read_networks(networks)))


LOOP = Loop(name="issue trackers", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
