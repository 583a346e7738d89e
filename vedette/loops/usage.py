"""Bursts end, budgets are told of at their shares, old sums go."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 15.0


def run(house: House) -> None:
    """One look."""
    from vedette import clock
    from vedette.alerts.quotas import look
    from vedette.usage.ending import end_spikes, forget

    now = clock.now()
    end_spikes(now)
    look(now)
    forget(now)


LOOP = Loop(name="usage", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
