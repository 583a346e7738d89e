"""The history of alerts goes with telemetry: what is over for longer than the retention."""

from __future__ import annotations

from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock

_INTERVAL_SECONDS = 3600.0


def run(house: House) -> None:
    """Delete old alerts, and what was told of them."""
    from datetime import timedelta

    from vedette import clock
    from vedette.alerts.aging import forget

    believe_clock(house.config)
    forget(clock.now() - timedelta(days=house.config.retention_days))


LOOP = Loop(name="alert history", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
