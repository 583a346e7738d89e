"""Releases that events alone have made and nobody needs any more go."""

from __future__ import annotations

from datetime import timedelta

from vedette import clock
from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock

_INTERVAL_SECONDS = 900.0


def run(house: House) -> None:
    """Delete those that were last seen before telemetry is kept, and a project's surplus."""
    from vedette.releases.expiry import remove_old, remove_surplus

    believe_clock(house.config)
    remove_old(clock.now() - timedelta(days=house.config.retention_days))
    remove_surplus()


LOOP = Loop(name="releases", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
