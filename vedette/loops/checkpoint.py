"""The store's files take in what was written, and the spool forgets it."""

from __future__ import annotations

import time

from vedette.loops import House, Loop
from vedette.spool import segment

_EVERY_SECONDS = 60.0
_MOST_BYTES = 512 << 20
_done: dict[int, float] = {}


def run(house: House) -> None:
    """Checkpoint once a minute, or when the spool has grown large."""
    last = _done.get(id(house), float("-inf"))
    elapsed = time.monotonic() - last
    if elapsed > _EVERY_SECONDS or (elapsed > 5 and _spool_bytes(house) > _MOST_BYTES):
        house.owner.checkpoint()
        _done[id(house)] = time.monotonic()


def _spool_bytes(house: House) -> int:
    return sum(
        held.path.stat().st_size
        for folder in house.spool_folder.glob("*")
        if folder.is_dir()
        for held in segment.find(folder)
    )


LOOP = Loop(name="checkpoint", interval_seconds=2.0, run=run)
