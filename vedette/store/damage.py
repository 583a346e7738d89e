"""What cannot be read of a day file is set aside, never deleted, and healed from the spool.

A note in the store's folder remembers that healing has begun until it has come to its end,
also over a crash in between.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import duckdb

log = logging.getLogger("vedette.store")

_NOTE = "healing"
_HEADERS_BYTES = 3 * 4096  # a file shorter than its three headers was never written to
_WORDS = ("not a valid duckdb database file", "corrupt", "checksum", "deserialize")


def set_aside(path: Path, error: duckdb.Error) -> bool:
    """Put a damaged log, or else a damaged file, out of the way; False if it is not damage."""
    wal = path.with_suffix(".duckdb.wal")
    if wal.exists():
        damaged = wal
    elif path.exists() and (path.stat().st_size < _HEADERS_BYTES or _is_damage(error)):
        damaged = path
    else:
        return False
    log.error("%s is damaged and is set aside: %s", damaged.name, error)
    (path.parent / _NOTE).touch()
    os.replace(damaged, damaged.with_name(f"{damaged.name}.damaged-{time.time_ns()}"))
    return True


def is_healing(folder: Path) -> bool:
    """Whether something was set aside and the replay has not come to its end."""
    return (folder / _NOTE).exists()


def end_healing(folder: Path) -> None:
    """Forget it."""
    (folder / _NOTE).unlink(missing_ok=True)


def _is_damage(error: duckdb.Error) -> bool:
    return any(word in str(error).lower() for word in _WORDS)
