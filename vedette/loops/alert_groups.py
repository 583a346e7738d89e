"""Groups of alerts speak when they have waited long enough, and again while nobody answers.

Alerts about an issue end when somebody has dealt with it.
"""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 1.0


def run(house: House) -> None:
    """Write the messages that are due."""
    from vedette import clock
    from vedette.alerts.acting import end_settled
    from vedette.alerts.grouping import repeat_due, speak_due

    end_settled()
    now = clock.now()
    speak_due(now)
    repeat_due(now)


LOOP = Loop(name="alert groups", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
