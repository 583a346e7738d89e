"""Outages of monitors and jobs, and their ends, are sent through the spool to become issues."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 2.0


def run(house: House) -> None:
    """One turn: whatever waits."""
    from vedette.monitors.outages import send_news

    while send_news(house.spool_folder):
        pass


LOOP = Loop(name="outages", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
