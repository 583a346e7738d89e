"""What was put aside for people to look at goes, too, once it is older than the retention.

Damaged files and refused rows of the store, changes that could not be read, mail that no
server took: they hold telemetry and addresses, and nobody else deletes them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from vedette import clock
from vedette.config import Config
from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock

log = logging.getLogger("vedette.loops")

_INTERVAL_SECONDS = 3600.0
_IN_STORE = ("*.damaged-*", "set aside/*", "changes/*.unreadable")


def run(house: House) -> None:
    """Delete the files that were put there longer ago than telemetry is kept."""
    believe_clock(house.config)
    before = clock.timestamp() - house.config.retention_days * 86400
    for path in _leftovers(house.config):
        try:
            # A file that is renamed keeps the time at which it was written, long ago perhaps.
            if path.is_file() and path.stat().st_ctime < before:
                path.unlink()
                log.info("%s is older than the retention and is deleted", path)
        except FileNotFoundError:
            continue  # somebody else was quicker


def _leftovers(config: Config) -> Iterator[Path]:
    for pattern in _IN_STORE:
        yield from config.store_folder.glob(pattern)
    yield from (config.data / "mail").glob("*")


LOOP = Loop(name="leftovers", interval_seconds=_INTERVAL_SECONDS, run=run)
