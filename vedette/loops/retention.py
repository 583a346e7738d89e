"""What is older than its retention, or more than may be kept, goes: days, rows, blobs, letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from vedette import clock
from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock

_INTERVAL_SECONDS = 300.0


def run(house: House) -> None:
    """Drop whole days, then rows. What belongs to a removed project goes whatever the time."""
    from vedette.storage import measuring
    from vedette.storage.enforcing import enforce
    from vedette.storage.limits import load_limits, note_class_days, noted_class_days

    try:
        believe_clock(house.config)
        # before the database is asked: a full disk lets nobody open it, and needs the room
        _drop_days(house, noted_class_days(house.config))
        limits = load_limits(house.config)
        note_class_days(house.config, limits.class_days())
        _drop_days(house, limits.class_days())
        enforce(house, limits, measuring.of(house).measure().uses)
    finally:
        _purge_removed_projects(house)


def _drop_days(house: House, days_of: Mapping[str, int]) -> None:
    """Of each retention class the days that nobody keeps, and what is older than all of them."""
    if not days_of:
        return
    today = clock.now().date()
    for retention, days in sorted(days_of.items()):
        house.store.drop_before(retention, today - timedelta(days=days))
    house.blobs.remove_before(clock.timestamp() - max(days_of.values()) * 86400)
    house.dead.remove_before(clock.timestamp() - house.config.retention_days * 86400)


def _purge_removed_projects(house: House) -> None:
    from vedette.loops import _blobs
    from vedette.projects import removal

    removed = removal.projects_to_purge()
    if removed:
        _blobs.note(house, removed)
        house.store.purge_projects(removed)
        removal.mark_purged(removed)
    _blobs.remove_noted(house)


LOOP = Loop(name="retention", interval_seconds=_INTERVAL_SECONDS, run=run)
