"""Replays without errors go where projects keep only those with errors."""

from __future__ import annotations

from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock


def run(house: House) -> None:
    """A bounded number of them."""
    from vedette.replays.letting_go import let_go

    believe_clock(house.config)
    let_go(house)


LOOP = Loop(name="replays", interval_seconds=1800.0, run=run, needs_lease=True)
