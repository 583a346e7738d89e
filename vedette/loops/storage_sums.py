"""What everything takes is added up, for the page that shows it."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Add up what has changed, and let others read it."""
    from vedette.storage import measuring, room
    from vedette.storage.sums import write_sums

    sums = measuring.of(house).measure()
    bounds = room.load_bounds(house.config)
    sums.most_bytes, sums.keep_free_bytes = bounds
    measuring.add_database(sums)
    write_sums(house.config, sums)


LOOP = Loop(name="storage sums", interval_seconds=60.0, run=run)
