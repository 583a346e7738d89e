"""Day files written anew, without the room of rows that are gone.

A day file gives the system only what is free at its end: rows that were deleted here and there
leave it as large as it was. So a file of which much is dead is copied to a new one beside it,
which then takes its place in one step; a kill leaves either of them, each whole.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from vedette.store import schema
from vedette.store.dayfile import DayFile
from vedette.store.engine import FileSize
from vedette.store.errors import StoreError
from vedette.store.files import DayFiles
from vedette.store.folding import Folding
from vedette.store.instance import Instance
from vedette.store.memory import DEAD

log = logging.getLogger("vedette.store")

_SUFFIX = ".rewriting"
_NEW = "rewriting"


class Rewriting:
    """For one thread at a time, under the store's writing lock and after a flush."""

    def __init__(self, folder: Path, files: DayFiles, instance: Instance, folding: Folding) -> None:
        self._folder = folder
        self._files = files
        self._instance = instance
        self._folding = folding
        for left in folder.glob(f"*{_SUFFIX}*"):
            left.unlink(missing_ok=True)

    def sizes(self) -> list[FileSize]:
        """Every file, in the order of its days."""
        return sorted(map(_size, self._files.all()), key=lambda one: (one.day, one.retention))

    def rewrite(self, least_dead: float) -> int:
        """Rewrite the files of which such a share is dead; returns the bytes that came free.

        Raises StoreError after every file was tried.
        """
        failure: StoreError | None = None
        freed = 0
        for file in self._worth_it(least_dead):
            try:
                freed += self._rewrite(file)
            except StoreError as error:
                failure = failure or error
        self._files.note()
        if failure is not None:
            raise failure
        return freed

    def _worth_it(self, least_dead: float) -> Iterable[DayFile]:
        """Those of which there is room for a copy: one that fails fills the disk for a while."""
        free = shutil.disk_usage(self._folder).free
        for file in sorted(self._files.all(), key=lambda one: one.name):
            size = _size(file)
            if size.dead_share >= least_dead and size.can_be_copied(free):
                yield file

    def _rewrite(self, file: DayFile) -> int:
        """Copy what lives of a file and put the copy in its place."""
        if not self._folding.fold(file):
            raise StoreError(f"{file.path.name} cannot be written anew: its log is not taken in")
        before, copy = disk_bytes(file), file.path.with_name(file.path.name + _SUFFIX)
        try:
            self._copy(file, copy)
            self._files.exchange(file, copy)
        except (duckdb.Error, OSError) as error:
            raise StoreError(f"{file.path.name} cannot be written anew: {error}") from error
        finally:
            copy.unlink(missing_ok=True)
        file.amounts.pop(DEAD, None)
        freed = before - disk_bytes(file)
        log.info("%s was written anew: %d bytes came free", file.path.name, freed)
        return freed

    def _copy(self, file: DayFile, copy: Path) -> None:
        copy.unlink(missing_ok=True)
        amounts = {key: pair for key, pair in file.amounts.items() if key != DEAD}
        quoted = str(copy).replace("'", "''")
        with self._files.pinned([file]):
            cursor = self._instance.cursor()
            cursor.execute(f"ATTACH '{quoted}' AS {_NEW}")
            try:
                cursor.execute(f"COPY FROM DATABASE {file.name} TO {_NEW}")
                cursor.execute(f"DELETE FROM {_NEW}.{schema.AMOUNTS}")
                schema.write_amounts(cursor, _NEW, amounts)
                cursor.execute(f"CHECKPOINT {_NEW}")
            finally:
                cursor.execute(f"DETACH {_NEW}")
                copy.with_name(copy.name + ".wal").unlink(missing_ok=True)
        with copy.open("rb") as made:
            os.fsync(made.fileno())


def _size(file: DayFile) -> FileSize:
    return FileSize(file.retention, file.day, disk_bytes(file), dead_share(file))


def disk_bytes(file: DayFile) -> int:
    """What a file and its log take on disk."""
    total = 0
    for path in (file.path, file.log):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # not written yet, or dropped meanwhile
            continue
    return total


def dead_share(file: DayFile) -> float:
    """Which part of what was written to a file was deleted since; of its bytes, by the books."""
    dead = file.amounts.get(DEAD, (0, 0))[1]
    live = sum(size for key, (_, size) in file.amounts.items() if key != DEAD)
    return dead / (dead + live) if dead > 0 else 0.0
