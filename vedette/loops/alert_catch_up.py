"""Who begins to listen while a monitor is down hears of it."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 5.0


def run(house: House) -> None:
    """One look."""
    from vedette.alerts.catching_up import catch_up

    catch_up()


LOOP = Loop(name="alert catch-up", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
