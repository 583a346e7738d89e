"""Archived issues get the ceiling above which they come back, and keep it up to date."""

from __future__ import annotations

from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock


def run(house: House) -> None:
    """Newly archived ones within a minute, the others once a day if the clock is believed.

    A week in which nothing happened, because it has not been yet, would lower all ceilings.
    """
    from vedette.issues import escalation

    escalation.begin(house.store)
    believe_clock(house.config)
    escalation.lower(house.store)


LOOP = Loop(name="escalation", interval_seconds=60.0, run=run, needs_lease=True)
