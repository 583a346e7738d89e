"""A restored folder takes the place of the one that is there, entry by entry.

The restored files lie in `restoring/` of the data folder itself, so that they are on the same disk
and a mounted folder can be replaced, too. A note makes the change wanted; from then on it is done
to its end, by whoever finds it: a kill in between is no harm. What was there before is kept in
`before-restore-…`.
"""

from __future__ import annotations

import os
import shutil
from itertools import chain, count
from pathlib import Path
from typing import Final

from vedette.backups import folder
from vedette.claim import Claimed, claim
from vedette.store.durable import sync_folder, write_file

FILES: Final = "files"
_READY: Final = "ready"
_MOVED_OUT: Final = "moved-out"
_MEANWHILE: Final = ".meanwhile-"
_BESIDE: Final = ("-wal", "-shm")  # of another SQLite file they would be played into the restored
_STAYS: Final = frozenset({"run", "relay"})


def is_wanted(data: Path) -> bool:
    """Whether a restored folder waits to take its place."""
    return (data / folder.RESTORING / _READY).exists()


def want(data: Path, before: str) -> None:
    """From now on the change is to be made; `before` is where what is there will be kept."""
    write_file(data / folder.RESTORING / _READY, before.encode(), must_last=True)


def finish(data: Path, run_folder: Path) -> bool:
    """Make the change if it is wanted and nothing runs; whether it was made. Raises OSError."""
    if not is_wanted(data):
        return False
    run_folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = claim(run_folder)
    except Claimed:
        return False
    try:
        _swap(data, data / folder.RESTORING)
    finally:
        os.close(handle)
    return True


def _swap(data: Path, restoring: Path) -> None:
    before = data / (restoring / _READY).read_text()
    if not (restoring / _MOVED_OUT).exists():
        before.mkdir(exist_ok=True, mode=0o700)
        for path in sorted(data.iterdir()):
            if not stays(path):
                _set_aside(path, before)
        sync_folder(before)
        sync_folder(data)
        write_file(restoring / _MOVED_OUT, b"", must_last=True)
    for path in sorted((restoring / FILES).iterdir()):
        for end in ("", *_BESIDE):
            _set_aside(data / f"{path.name}{end}", before)
        os.replace(path, data / path.name)
    sync_folder(data)
    if before.is_dir() and not any(before.iterdir()):
        before.rmdir()
    (restoring / _READY).unlink()
    shutil.rmtree(restoring)
    sync_folder(data)


def _set_aside(path: Path, before: Path) -> None:
    """Out of the way; a command may have made one more while the change was cut off."""
    if not os.path.lexists(path):
        return
    before.mkdir(exist_ok=True, mode=0o700)
    names = chain([path.name], (f"{path.name}{_MEANWHILE}{number}" for number in count(1)))
    os.replace(path, next(before / name for name in names if not os.path.lexists(before / name)))


def stays(path: Path) -> bool:
    """Whether an entry of a data folder is not replaced: what runs, and backups themselves."""
    return path.name in _STAYS or folder.is_of_backups(path)
