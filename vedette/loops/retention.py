"""What is older than its retention goes: days of the store, blobs, dead letters."""

from __future__ import annotations

from datetime import timedelta

from vedette import clock, items
from vedette.config import Config
from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock
from vedette.store.table import Retention

_INTERVAL_SECONDS = 300.0


def run(house: House) -> None:
    """Drop whole days, then files. What belongs to a removed project goes whatever the time."""
    try:
        _drop_what_is_old(house)
    finally:  # after it: a full disk lets nobody open the metadata, and needs the room
        _purge_removed_projects(house)


def _drop_what_is_old(house: House) -> None:
    config = house.config
    believe_clock(config)
    today = clock.now().date()
    for retention in sorted({str(table.retention) for table in items.tables()}):
        house.store.drop_before(retention, today - timedelta(days=_days(config, retention)))
    oldest = max(config.retention_days, config.kept_items_retention_days)
    house.blobs.remove_before(clock.timestamp() - oldest * 86400)
    house.dead.remove_before(clock.timestamp() - config.retention_days * 86400)


def _days(config: Config, retention: str) -> int:
    """How long a retention class is kept."""
    if retention == str(Retention.KEPT_ITEMS):
        return config.kept_items_retention_days
    if retention == str(Retention.CHECKS):
        return config.checks_retention_days
    return config.retention_days


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
