"""Events that lacked their source map are read again when it has come."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """The projects whose uploaded files changed."""
    from vedette.artifacts.repairing import repair

    repair(house.store, house.owner, house.blobs)


LOOP = Loop(name="repair", interval_seconds=3.0, run=run, needs_lease=True)
