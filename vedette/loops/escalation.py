"""Archived issues get the ceiling above which they come back, and keep it up to date."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Newly archived ones within a minute, the others once a day."""
    from vedette.issues import escalation

    escalation.renew(house.store)


LOOP = Loop(name="escalation", interval_seconds=60.0, run=run, needs_lease=True)
