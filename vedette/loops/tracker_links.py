"""Issues in trackers are opened, read and kept in step with those here."""

from __future__ import annotations

from vedette.loops import HeldBack, House, Loop

_INTERVAL_SECONDS = 1.0
_MOST_ROUNDS = 20


def run(house: House) -> None:
    """Work until nothing is due. Raises HeldBack in words for what health should show."""
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher
    from vedette.trackers.health import problems
    from vedette.trackers.models import Tracker
    from vedette.trackers.working import wake_changed, work_due

    if not Tracker.objects.exists():
        return
    wake_changed()
    fetcher = Fetcher(read_networks(house.config.outgoing_networks))
    for _ in range(_MOST_ROUNDS):
        if not work_due(fetcher):
            break
    found = problems()
    if found:
        raise HeldBack("; ".join(found))


LOOP = Loop(name="issue trackers", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
