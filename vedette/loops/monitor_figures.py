"""Response times of monitors are counted by hour and by day, and summed up for lists."""

from __future__ import annotations

from vedette import clock
from vedette.loops import House, Loop


def run(house: House) -> None:
    """The hours since the last turn; nothing where there are no monitors."""
    from vedette.monitors import figures
    from vedette.monitors.models import Monitor

    if not Monitor.objects.exists():
        return
    now = clock.timestamp()
    figures.count_hours(house.store, now)
    figures.sum_days(now)
    figures.sum_up(now)


LOOP = Loop(name="monitor figures", interval_seconds=300.0, run=run, needs_lease=True)
