"""Groups of alerts speak when they have waited long enough, and again while nobody answers."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 1.0


def run(house: House) -> None:
    """Write the messages that are due."""
    from vedette import clock
    from vedette.alerts.grouping import repeat_due, speak_due

    now = clock.now()
    speak_due(now)
    repeat_due(now)


LOOP = Loop(name="alert groups", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
