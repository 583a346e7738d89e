"""Alert rules over windows of time are looked at every ten seconds."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 1.0
_MOST_TICKS = 6  # after a stop older windows are not looked at one by one


def run(house: House) -> None:
    """Look at every tick that has come since the last turn, as far as the pipeline has come."""
    from vedette.alerts.ticking import take_turn

    take_turn(house.spool_folder, _MOST_TICKS)


LOOP = Loop(name="alert rules", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
