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

from vedette.store import doublewrite
from vedette.store.durable import sync_folder

log = logging.getLogger("vedette.store")

_NOTE = "healing"
_HEADERS_BYTES = 3 * 4096  # a file shorter than its three headers was never written to
_WORDS = ("not a valid duckdb database file", "corrupt", "checksum", "deserialize")


def set_aside(path: Path, error: duckdb.Error) -> bool:
    """Put a damaged log, or else a damaged file, out of the way; False if it is not damage."""
    wal = path.with_suffix(".duckdb.wal")
    if is_out_of_memory(error) or is_out_of_room(error) or is_in_use(error):
        return False
    if wal.exists():
        damaged = wal
    elif path.exists() and (path.stat().st_size < _HEADERS_BYTES or is_damage(error)):
        damaged = path
    else:
        return False
    log.error("%s is damaged and is set aside: %s", damaged.name, error)
    begin_healing(path.parent)  # noted before what it speaks of is gone
    if damaged == path:
        doublewrite.forget(path)
    os.replace(damaged, damaged.with_name(f"{damaged.name}.damaged-{time.time_ns()}"))
    return True


def begin_healing(folder: Path) -> None:
    """Remember that the spool has to be read again from the last checkpoint."""
    (folder / _NOTE).touch()
    sync_folder(folder)


def is_healing(folder: Path) -> bool:
    """Whether something was set aside and the replay has not come to its end."""
    return (folder / _NOTE).exists()


def end_healing(folder: Path) -> None:
    """Forget it."""
    (folder / _NOTE).unlink(missing_ok=True)


def is_out_of_memory(error: duckdb.Error) -> bool:
    """Whether the memory limit was met: then fewer rows at once, or more memory, may do."""
    return isinstance(error, duckdb.OutOfMemoryException) or "failed to pin block" in str(error)


def is_out_of_room(error: duckdb.Error) -> bool:
    """Whether disk or handles are short: then neither rows nor file are to blame."""
    text = str(error).lower()
    return any(word in text for word in ("no space left", "disk quota", "too many open files"))


def is_in_use(error: duckdb.Error) -> bool:
    """Whether somebody holds the file, or it may not be opened: its content is not to blame."""
    text = str(error).lower()
    words = ("file handle conflict", "already attached", "set lock", "permission denied")
    return any(word in text for word in words)


def is_invalidated(error: duckdb.Error) -> bool:
    """Whether the engine takes nothing of a file before it is opened again, room or not."""
    return "invalidated" in str(error)


def is_damage(error: duckdb.Error) -> bool:
    """Whether the content of a file is to blame."""
    return any(word in str(error).lower() for word in _WORDS)
