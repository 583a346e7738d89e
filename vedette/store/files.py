"""The day files of a store: attached when they are needed, let go when others are.

Whoever works with files pins them; of those that nobody pins, the ones not used for longest
are detached beyond a fixed number, so that a store of many days takes no more memory than
one of a few.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count
from pathlib import Path

import duckdb

from vedette.store import catalog, damage, doublewrite
from vedette.store.dayfile import DayFile, names_around
from vedette.store.durable import sync_folder
from vedette.store.errors import StoreUnavailable
from vedette.store.instance import Instance
from vedette.store.parts import parts_of
from vedette.store.schema import fingerprint
from vedette.store.table import Table

log = logging.getLogger("vedette.store")

MOST_ATTACHED = 16
IDLE_SECONDS = 60.0
_LEAVE_SECONDS = 35.0  # longer than a question may take


class DayFiles:
    """All files by name. `lock` also guards what a file holds in memory."""

    def __init__(
        self,
        folder: Path,
        tables: Iterable[Table],
        instance: Instance,
        flushes: Mapping[str, int],
    ) -> None:
        self.lock = threading.RLock()
        self.is_healing = damage.is_healing(folder)
        self.losses = 0  # how often a file turned out to hold less than it did
        self._folder = folder
        self._instance = instance
        self._ticks = count(1)
        self._unpinned = threading.Condition(self.lock)
        self._tables: dict[str, list[Table]] = {}
        for table in tables:
            self._tables.setdefault(str(table.retention), []).append(table)
        for retention, found in self._tables.items():
            found.append(parts_of(retention))
        self._schemas = {name: fingerprint(found) for name, found in self._tables.items()}
        self._entries = catalog.read(folder)
        self._files: dict[str, DayFile] = {}
        doublewrite.forget_orphans(folder)
        for path in sorted(folder.glob("*_????????.duckdb")):
            self._find(path, flushes.get(path.stem, 0))

    def all(self) -> list[DayFile]:
        """Every file."""
        with self.lock:
            return list(self._files.values())

    def between(self, retention: str, start: int, end: int) -> list[DayFile]:
        """The files of a class that a span of time touches, in the order of the days."""
        first, last = names_around(retention, start, end)
        with self.lock:
            found = [file for file in self._files.values() if file.retention == retention]
        return sorted((f for f in found if first <= f.name <= last), key=lambda file: file.name)

    def get(self, name: str) -> DayFile:
        """The file of this name; a new one is made when it is first written."""
        with self.lock:
            file = self._files.get(name)
            if file is None:
                file = self._files[name] = self._new(name)
                file.is_known = True
            return file

    @contextmanager
    def pinned(self, files: Sequence[DayFile]) -> Iterator[list[DayFile]]:
        """Have files attached while working with them: those that were not dropped meanwhile.

        Waits for one that is just about to be opened again or deleted. Raises StoreUnavailable.
        """
        taken: list[DayFile] = []
        me = threading.get_ident()
        try:
            with self.lock:
                for file in files:
                    if file.is_leaving and me not in file.pinned_by:
                        self._unpinned.wait_for(lambda: not file.is_leaving, _LEAVE_SECONDS)  # noqa: B023
                    if file.is_dropped:  # to attach it would make it anew
                        continue
                    self._attach(file)
                    file.pinned_by[me] += 1
                    taken.append(file)
            yield taken
        finally:
            with self.lock:
                for file in taken:
                    file.pinned_by[me] -= 1
                    file.pinned_by += Counter()  # without those who have none left
                self._trim()
                self._unpinned.notify_all()

    def renew(self, file: DayFile, *, wait_seconds: float = _LEAVE_SECONDS) -> None:
        """Detach and attach a file that the engine has invalidated, once its readers are gone.

        Its log is read again, and what was not complete is taken out. The caller has no pin.
        Raises StoreUnavailable, also if the readers do not go.
        """
        with self._left(file, wait_seconds):
            if self._instance.is_broken():
                self._instance.replace()
                for one in self._files.values():
                    one.is_attached = False
                    one.is_torn = one.is_dirty
            self._detach(file)
            file.is_torn = True
            file.renewals += 1
            self._attach(file)
            self._trim()

    def recover(self, file: DayFile, error: duckdb.Error) -> None:
        """Open a file again that a full disk has invalidated; if it fails, with the next use."""
        if not damage.is_invalidated(error):
            return
        try:
            self.renew(file)
        except StoreUnavailable as failure:
            log.warning("%s", failure)

    def drop(self, file: DayFile) -> None:
        """Delete a file, with what memory holds for it, once its readers are gone."""
        with self._left(file, _LEAVE_SECONDS):
            self._detach(file)
            self._files.pop(file.name, None)
            file.is_dropped = True
            file.forget()
            for path in (file.path, file.log):
                path.unlink(missing_ok=True)
            doublewrite.forget(file.path)

    def exchange(self, file: DayFile, copy: Path) -> None:
        """Put a copy in the place of a file, once its readers are gone. Raises OSError,
        StoreUnavailable."""
        with self._left(file, _LEAVE_SECONDS):
            self._detach(file)
            doublewrite.forget(file.path)
            os.replace(copy, file.path)
            sync_folder(file.path.parent)

    @contextmanager
    def _left(self, file: DayFile, wait_seconds: float) -> Iterator[None]:
        """Nobody works with the file: those who do come to their end, others wait meanwhile."""
        with self.lock:
            file.is_leaving = True
            try:
                if not self._unpinned.wait_for(lambda: not file.pins, wait_seconds):
                    raise StoreUnavailable(f"{file.path.name} is in use: tried again later")
                yield
            finally:
                file.is_leaving = False
                self._unpinned.notify_all()

    def flushes(self) -> dict[str, int]:
        """The last complete flush of every file that has a log."""
        with self.lock:
            return {file.name: file.flush for file in self._files.values() if file.is_dirty}

    def note(self) -> None:
        """Write the catalog: what is true of every file that has no log."""
        with self.lock:
            for file in self._files.values():
                if file.is_dirty or file.memory:
                    continue
                entry = catalog.entry_of(file, self._schemas[file.retention])
                if entry is not None:
                    self._entries[file.name] = entry
            self._entries = {n: e for n, e in self._entries.items() if n in self._files}
            entries = dict(self._entries)
        catalog.write(self._folder, entries)

    def rest(self, seconds: float = IDLE_SECONDS) -> None:
        """Let go of files that were not used for a while: what the engine caches goes with them."""
        with self.lock:
            before = time.monotonic() - seconds
            for file in self._files.values():
                if not file.pins and file.touched < before:
                    self._detach(file)

    def close(self) -> None:
        """The engine has ended: let go of the handles."""
        for file in self.all():
            file.close()

    def _find(self, path: Path, flush: int) -> None:
        file = self._new(path.stem)
        if not file.tables:
            log.warning("%s belongs to a retention class that no table has", path.name)
            return
        self._files[file.name] = file
        if not catalog.recall(file, self._entries.get(file.name), self._schemas[file.retention]):
            file.is_dirty = file.log.exists()
            file.flush = flush  # what it must hold at least
            self._attach(file)
            self._trim()

    def _new(self, name: str) -> DayFile:
        retention = name.rpartition("_")[0]
        return DayFile(name, self._folder / f"{name}.duckdb", self._tables.get(retention, ()))

    def _attach(self, file: DayFile) -> None:
        file.used = next(self._ticks)
        file.touched = time.monotonic()
        if file.is_attached:
            return
        cursor = self._instance.cursor()
        memory: AbstractContextManager[None] = nullcontext()
        while not file.is_attached:
            try:
                with memory:
                    doublewrite.undo(file.path)
                    self._open(file, cursor)
                    doublewrite.forget(file.path)
            except OSError as error:
                self._detach(file)
                raise StoreUnavailable(f"{file.path.name} cannot be opened: {error}") from error
            except duckdb.Error as error:
                roll_back(cursor)
                self._detach(file)
                if self._undone(file, error):
                    continue
                if damage.set_aside(file.path, error):
                    file.forget()
                    self._begin_healing()
                elif damage.is_out_of_memory(error) and isinstance(memory, nullcontext):
                    memory = self._instance.more_memory()
                else:
                    raise StoreUnavailable(f"{file.path.name} cannot be opened: {error}") from error

    def _open(self, file: DayFile, cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute(f"ATTACH '{_quoted(file.path)}' AS {file.name}")
        file.is_attached = True
        if not file.prepare(cursor):
            log.error("the log of %s has lost its end", file.path.name)
            self._begin_healing()

    @staticmethod
    def _undone(file: DayFile, error: duckdb.Error) -> bool:
        """Whether a damaged file is as it was before its last checkpoint again."""
        try:
            return damage.is_damage(error) and doublewrite.undo(file.path, is_damaged=True)
        except OSError as failure:
            raise StoreUnavailable(f"{file.path.name} cannot be mended: {failure}") from failure

    def _begin_healing(self) -> None:
        damage.begin_healing(self._folder)
        self.is_healing = True
        self.losses += 1

    def _detach(self, file: DayFile) -> None:
        if file.is_attached:
            file.is_attached = False
            try:
                self._instance.cursor().execute(f"DETACH {file.name}")
            except duckdb.Error as error:
                log.warning("%s could not be let go: %s", file.name, error)
        file.close()

    def _trim(self) -> None:
        attached = [file for file in self._files.values() if file.is_attached]
        idle = sorted((f for f in attached if not f.pins), key=lambda file: file.used)
        for file in idle[: max(len(attached) - MOST_ATTACHED, 0)]:
            self._detach(file)


def roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """End a transaction that failed, if there is one."""
    try:
        cursor.rollback()
    except duckdb.Error:
        log.debug("nothing to roll back")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
