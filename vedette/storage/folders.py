"""What the parts of the data folder take, without looking at every file each time.

A folder of blobs or artifacts changes only by files that come and go, so its own time tells
whether it has to be read again; whatever is written in place is looked at each time.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

from vedette.backups.folder import is_of_backups

_PARTS = {
    "store": "telemetry",
    "blobs": "blobs",
    "artifacts": "source maps and debug files",
    "spool": "spool",
    "dead": "dead letters",
}
_BY_CONTENT = ("blobs", "artifacts")
_TICK_NANOSECONDS = 1_000_000_000
OTHER = "other"
BACKUPS = "backups"  # and what lies aside for them: no part of the data
DATABASE = "database"


class _Folder(NamedTuple):
    changed: int
    bytes: int
    folders: list[str]


class FolderSizes:
    """Bytes by part of one data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._known: dict[str, _Folder] = {}

    def parts(self) -> dict[str, int]:
        """Every part with what it takes now."""
        found: dict[str, int] = {}
        try:
            entries = list(os.scandir(self._data))
        except FileNotFoundError:
            return {}
        for entry in entries:
            part = BACKUPS if is_of_backups(Path(entry.path)) else _part(entry.name)
            found[part] = found.get(part, 0) + self._size(entry, entry.name in _BY_CONTENT)
        return found

    def _size(self, entry: os.DirEntry[str], is_by_content: bool) -> int:
        try:
            if entry.is_dir(follow_symlinks=False):
                return self._folder(entry.path, is_by_content)
            return entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:  # files come and go meanwhile
            return 0

    def _folder(self, path: str, is_by_content: bool) -> int:
        if not is_by_content:
            with os.scandir(path) as entries:
                return sum(self._size(entry, False) for entry in entries)
        changed = os.stat(path).st_mtime_ns
        held = self._known.get(path)
        if held is None or held.changed != changed:
            held = self._read(path, changed)
        return held.bytes + sum(self._folder(one, True) for one in held.folders)

    def _read(self, path: str, changed: int) -> _Folder:
        size, folders = 0, []
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    size += self._size(entry, False)
        found = _Folder(changed, size, folders)
        if time.time_ns() - changed > _TICK_NANOSECONDS:  # else more may come in the same tick
            self._known[path] = found
        return found


def _part(name: str) -> str:
    if name.endswith(("sqlite3", "sqlite3-wal", "sqlite3-shm")):
        return DATABASE
    return _PARTS.get(name, OTHER)
