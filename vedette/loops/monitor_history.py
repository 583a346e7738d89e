"""What happened to monitors is kept for more than a year, then it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from vedette import clock
from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock

KEPT: Final = timedelta(days=400)


def run(house: House) -> None:
    """Events, and intervals that ended before; windows that are over."""
    from vedette.monitors.models import MaintenanceWindow, MonitorEvent, StateInterval

    believe_clock(house.config)
    before = clock.now() - KEPT
    MonitorEvent.objects.filter(at__lt=before).delete()
    StateInterval.objects.filter(ended__lt=int(before.timestamp() * 1000)).delete()
    MaintenanceWindow.objects.filter(ends_at__lt=before).delete()


LOOP = Loop(name="monitor history", interval_seconds=3600.0, run=run, needs_lease=True)
