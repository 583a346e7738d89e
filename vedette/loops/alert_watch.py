"""Watches the alerts themselves, and gives a sign of life to whoever waits for one."""

from __future__ import annotations

from datetime import datetime

from vedette.loops import HeldBack, House, Loop

_INTERVAL_SECONDS = 20.0
_PING_SECONDS = 60.0
_pinged_at: datetime | None = None


def run(house: House) -> None:
    """Look, tell, ping. Raises HeldBack in words for what health should show."""
    global _pinged_at
    from vedette import clock
    from vedette.alerts.watching import look, ping, tell
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    now = clock.now()
    wellness = look(now)
    tell(wellness, now)
    url = house.config.dead_man_url
    if url and (_pinged_at is None or (now - _pinged_at).total_seconds() >= _PING_SECONDS):
        _pinged_at = now
        fault = ping(url, Fetcher(read_networks(house.config.outgoing_networks)))
        if fault:
            raise HeldBack(f"the sign of life was not heard: {fault}")
    if wellness.problems:
        raise HeldBack("; ".join(wellness.problems))


LOOP = Loop(name="alert watch", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
