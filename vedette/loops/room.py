"""The disk is looked at: before it is full, what is worth least and oldest goes.

Once a minute what everything takes is added up, for the page that shows it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vedette import clock
from vedette.loops import House, Loop

if TYPE_CHECKING:
    from vedette.storage.room import Bounds

log = logging.getLogger("vedette.loops")

_INTERVAL_SECONDS = 1.0
_KNOWN_SECONDS = 10.0
_SUMS_SECONDS = 60.0
_SPOOL_SHARE = 0.05
_MOST_SHARE = 20  # looking at the folder takes at most a twentieth of the time
_bounds: dict[Path, tuple[float, Bounds]] = {}
_next_look: dict[Path, float] = {}
_next_sums: dict[Path, float] = {}


def run(house: House) -> None:
    """Make room where the folder is about to be too large, or the disk too full."""
    from vedette.storage import room

    bounds = _known_bounds(house)
    needed = _over(house, bounds)
    if needed and _spool_bytes(house) > bounds.most_bytes * _SPOOL_SHARE:
        house.owner.checkpoint()  # what the spool holds besides is not worth any telemetry
        needed = room.over_the_bound(_size(house), bounds)
    given = room.make_room(house, needed) if needed else []
    short = room.short_of_free(house.config, bounds)
    if short:
        given += room.make_room(house, short, before_day=room.today() - 1)
    if given:
        _note(house, given)
    if time.monotonic() >= _next_sums.get(house.config.data, 0.0):
        _next_sums[house.config.data] = time.monotonic() + _SUMS_SECONDS
        room.note_sums(house, bounds)


def _over(house: House, bounds: Bounds) -> int:
    """How much the folder is too large; looked at seldom where that takes long."""
    from vedette.storage import room

    folder = house.config.data
    if not bounds.most_bytes or time.monotonic() < _next_look.get(folder, 0.0):
        return 0
    started = time.monotonic()
    size = _size(house)
    _next_look[folder] = time.monotonic() + (time.monotonic() - started) * _MOST_SHARE
    return room.over_the_bound(size, bounds)


def _size(house: House) -> int:
    """Of the data; backups that lie in the folder are no reason to give up what they hold."""
    from vedette.storage import folders, measuring

    parts = measuring.of(house).folders.parts()
    return sum(parts.values()) - parts.get(folders.BACKUPS, 0)


def _spool_bytes(house: House) -> int:
    from vedette.storage import measuring

    return measuring.of(house).folders.parts().get("spool", 0)


def _known_bounds(house: House) -> Bounds:
    """What is set, as it was known last if the database is away."""
    from django.db import DatabaseError

    from vedette.storage import measuring, room

    at, held = _bounds.get(house.config.data, (float("-inf"), None))
    if held is not None and time.monotonic() - at < _KNOWN_SECONDS:
        return held
    try:
        held = room.load_bounds(house.config)
    except DatabaseError as error:
        log.warning("what may lie on the disk cannot be read: %s", error)
        last = measuring.of(house).last
        held = held or room.Bounds(last.most_bytes, last.keep_free_bytes)
    _bounds[house.config.data] = (time.monotonic(), held)
    return held


def _note(house: House, given: Sequence[tuple[str, int, int]]) -> None:
    from vedette.storage import measuring

    at = clock.timestamp()
    measuring.of(house).last.given_up += [(at, *one) for one in given]


LOOP = Loop(name="room", interval_seconds=_INTERVAL_SECONDS, run=run)
