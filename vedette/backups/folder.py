"""Which files of a data folder belong to a backup, and how they are read beside others' work."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

SQLITE: Final = "vedette.sqlite3"
STAGING: Final = "backing-up"
RESTORING: Final = "restoring"
BEFORE: Final = "before-restore-"
NOTE: Final = "backups.json"
STORE, SPOOL, DEAD = "store", "spool", "dead"
BY_CONTENT: Final = ("blobs", "artifacts")
_RUNNING: Final = frozenset({"run", "relay", "loading", NOTE})
_APART: Final = frozenset({STORE, SPOOL, DEAD, *BY_CONTENT})
_LEFT_OUT: Final = re.compile(r"owner\.lock|.*\.(lock|new|rewriting)|.*-shm")
_SPILL: Final = "spill"
_NAMED_BY_CONTENT: Final = re.compile(r"[0-9a-f]{64}")
_RACY_NANOSECONDS: Final = 2_000_000_000  # the system's clock of files is coarse


def is_of_backups(path: Path) -> bool:
    """Whether an entry of a data folder is no part of the data, but made by backups."""
    is_repository = (path / "objects").is_dir() and (path / "backups").is_dir()
    return is_repository or path.name in (STAGING, RESTORING) or path.name.startswith(BEFORE)


class Mark(NamedTuple):
    """How a file was when it was looked at; another mark is another content."""

    size: int
    changed: int


def mark_of(path: Path) -> Mark | None:
    """The mark of a file, also of one behind a link; None if it is gone or something else."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Mark(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def is_settled(mark: Mark, now: float | None = None) -> bool:
    """Whether a change from now on would show in the mark."""
    seconds = time.time() if now is None else now
    return mark.changed < int(seconds * 1e9) - _RACY_NANOSECONDS


def rest(data: Path, without: Collection[Path] = ()) -> Iterator[Path]:
    """Everything but what is copied in a way of its own, and what belongs to running processes."""
    for path in sorted(data.iterdir()):
        is_apart = path.name in _RUNNING | _APART or path.name.startswith(SQLITE)
        if not is_apart and path.resolve() not in without and not is_of_backups(path):
            yield from files(path, without)


def files(place: Path, without: Collection[Path] = ()) -> Iterator[Path]:
    """The files of a folder at any depth, or the file itself; no locks, nothing half written.

    What lies behind links is part of it: people put keys and blobs elsewhere by them. `without`
    are resolved paths.
    """
    if place.is_file():
        if not _LEFT_OUT.fullmatch(place.name):
            yield place
        return
    for folder, inner, names in os.walk(place, followlinks=True):
        found = (Path(folder, name) for name in inner)
        inner[:] = [
            path.name
            for path in found
            if path.resolve() not in without and not _leads_back(path, place)
        ]
        for name in sorted(names):
            if not _LEFT_OUT.fullmatch(name):
                yield Path(folder, name)


def _leads_back(path: Path, top: Path) -> bool:
    """Whether a folder is a link to one that it lies in: that has no end."""
    if not path.is_symlink():
        return False
    target = path.resolve()
    return any(one.resolve() == target for one in path.parents if one.is_relative_to(top))


def of_store(data: Path) -> Iterator[Path]:
    """The files of the store, but for what a question has put aside for a moment."""
    spill = (data / STORE / _SPILL).resolve()
    return files(data / STORE, (spill,))


def by_content(data: Path) -> Iterator[Path]:
    """Blobs and artifacts, whose names say what they hold; and the note of unnamed ones."""
    for name in BY_CONTENT:
        for path in files(data / name):
            if _NAMED_BY_CONTENT.fullmatch(path.name) or path.suffix == ".json":
                yield path


def is_by_content(path: Path) -> bool:
    """Whether a file of this name never changes."""
    return _NAMED_BY_CONTENT.fullmatch(path.name) is not None


def copy(source: Path, target: Path) -> None:
    """Copy a file with its time, by the system itself where it can. Raises OSError."""
    found = source.stat()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _copy_in_system(source, target, found.st_size)
    except (OSError, AttributeError):
        shutil.copyfile(source, target)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _copy_in_system(source: Path, target: Path, size: int) -> None:
    with contextlib.ExitStack() as held:
        reading = held.enter_context(source.open("rb")).fileno()
        writing = held.enter_context(target.open("wb")).fileno()
        while size > 0:
            done = os.copy_file_range(reading, writing, size)
            if not done:
                return
            size -= done
