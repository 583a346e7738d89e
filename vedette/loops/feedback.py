"""How feedback stands goes with its words: what is older than any telemetry."""

from __future__ import annotations

from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock


def run(house: House) -> None:
    """Delete the rows whose words the store has given up by now."""
    from vedette.feedback.acting import forget_before
    from vedette.issues.telemetry import kept

    believe_clock(house.config)
    forget_before(kept()[0])


LOOP = Loop(name="feedback", interval_seconds=3600.0, run=run, needs_lease=True)
