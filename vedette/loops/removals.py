"""Issues, events, files, persons and secrets that are to be deleted go, within seconds."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """What waits; there is seldom anything."""
    from vedette.storage import forgetting, rescrubbing
    from vedette.storage.removing import remove_waiting

    remove_waiting(house)
    forgetting.work(house)
    rescrubbing.work(house)


LOOP = Loop(name="removals", interval_seconds=2.0, run=run)
