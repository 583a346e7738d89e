"""What owners of monitors are to hear besides alerts is sent."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 10.0


def run(house: House) -> None:
    """Those that wait."""
    from vedette.monitors.notices import send_waiting

    send_waiting()


LOOP = Loop(name="monitor notices", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
