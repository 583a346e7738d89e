"""The embedded store: DuckDB, one file per retention class and day.

Owned by one process. What is appended waits in memory, where questions see it, and is written
in bulk within seconds; the spool is its log until then. A row's writer and position tell a
replay what a file holds already. A file whose log was damaged is opened without it and healed
from the spool, which is kept until the next checkpoint.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from vedette.allocation import give_back
from vedette.claim import Claimed, claim
from vedette.store import damage
from vedette.store import query as q
from vedette.store.changes import Changes
from vedette.store.engine import EventId, FileSize, Usage
from vedette.store.errors import BadQuery, StoreError, StoreUnavailable
from vedette.store.files import DayFiles
from vedette.store.flusher import Flusher
from vedette.store.folding import Folding
from vedette.store.gate import AT_ONCE, WAIT_SECONDS, Gate
from vedette.store.ids import EventIds
from vedette.store.instance import Instance
from vedette.store.intake import batches_of, split_by_day
from vedette.store.memory import Appended, Progress, rows_and_bytes
from vedette.store.positions import Positions
from vedette.store.query import Answer, Select
from vedette.store.questions import Questions
from vedette.store.refused import Refused
from vedette.store.rewriting import Rewriting
from vedette.store.sparing import Sparing
from vedette.store.table import Rows, Table
from vedette.store.writing import Writing

log = logging.getLogger("vedette.store")

FLUSH_SECONDS = 3.0
FLUSH_ROWS = 50_000
FLUSH_BYTES = 32 << 20
_EVER = 1 << 62


class DuckStore:
    """The owner; see `Store`. Appending is for one thread, everything else for any."""

    def __init__(
        self,
        folder: Path,
        tables: Iterable[Table],
        *,
        memory_bytes: int,
        threads: int,
        flush_seconds: float = FLUSH_SECONDS,
        questions_at_once: int = AT_ONCE,
        question_wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._folder = folder
        self._tables = {table.name: table for table in tables}
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._claim: int | None = claim(folder)
        except Claimed as error:
            raise StoreUnavailable(str(error)) from None
        declared = list(self._tables.values())
        self._writing_lock = threading.RLock()
        self.still: contextlib.AbstractContextManager[object] = self._writing_lock  # for copies
        self._instance = Instance(folder, memory_bytes=memory_bytes, threads=threads)
        self._positions = Positions(folder)
        durable = self._positions.durable
        self._files = DayFiles(folder, declared, self._instance, durable.flushes)
        self._progress = Progress(dict(durable.positions))
        self._told: dict[str, int] = {}  # by writer, the losses it knows of
        self._refused = Refused(folder)
        self._folding = Folding(self._files, self._instance)
        self._gate = Gate(at_once=questions_at_once, wait_seconds=question_wait_seconds)
        self._sparing = Sparing(self._instance, self._gate)
        self._writing = Writing(
            self._files, self._instance, self._folding, self._refused, self._sparing.writing
        )
        self._changes = Changes(folder, self._files, self._instance, declared)
        self._rewriting = Rewriting(folder, self._files, self._instance, self._folding)
        self._questions = Questions(
            self._files, self._instance, declared, self._gate, self._writing_lock
        )
        self._ids = EventIds(folder / "event_ids.sqlite3")
        self._changes.begin()
        self._files.note()
        self._flusher = Flusher(self.flush, flush_seconds, rows=FLUSH_ROWS, size=FLUSH_BYTES)

    def append(self, batch: Sequence[Rows], *, writer: str, end: int) -> None:
        """See `Store.append`."""
        if self._has_to_replay(writer):
            raise StoreUnavailable("a file was lost: the spool has to be read again")
        if self._flusher.is_behind:
            self._make_room()
        appended = Appended(writer, end)
        found = [
            (name, made)
            for rows in batch
            for name, part in split_by_day(rows)
            for made in batches_of(part, self._files.get(name).held.get(writer, -1), appended)
        ]
        with self._files.lock:
            for name, made in found:
                file = self._files.get(name)
                file.memory.append(made)
                file.held[writer] = max(file.held.get(writer, -1), made.last)
            appended.owing = len(found)
            self._progress.add(appended)
            self._flusher.add(*rows_and_bytes(made for _, made in found))

    def flush(self) -> None:
        """See `Store.flush`. Every file is tried; the first failure is raised at the end."""
        failure = self._write_all()
        if failure is not None:
            raise failure

    def _make_room(self) -> None:
        """Write what waits. A file that cannot be written is no reason to take nothing for the
        others, until what waits for it alone is as much as may wait. Raises StoreError."""
        failure = self._write_all()
        if failure is not None and self._flusher.is_behind:
            raise failure

    def _write_all(self) -> StoreError | None:
        """Write every file that has something in memory; returns the first failure."""
        failure: StoreError | None = None
        with self._writing_lock:
            held = [file for file in self._files.all() if file.memory]
            for file in sorted(held, key=lambda file: file.name):  # the oldest day first
                try:
                    self._writing.write(file)
                except StoreError as error:
                    log.warning("%s: %s", file.path.name, error)
                    failure = failure or error
            with self._files.lock:
                self._progress.settle()
                durable = dict(self._progress.durable)
                left = [made for file in self._files.all() for made in file.memory]
                self._flusher.done(*rows_and_bytes(left))
            self._positions.note_durable(durable, self._files.flushes())
            self._sparing.shed()
        give_back()  # rows that were written lay between others
        return failure

    def query(
        self, select: Select, *, seconds: float | None = None, token: str | None = None
    ) -> Answer:
        """See `Owner.query`."""
        return self._questions.answer(select, seconds=seconds, token=token)

    def cancel(self, token: str) -> None:
        """See `Owner.cancel`."""
        self._gate.cancel(token)

    def claim_ids(self, ids: Sequence[EventId], *, writer: str) -> list[int]:
        """See `Store.claim_ids`."""
        return self._ids.claim(ids, writer=writer)

    def safe_position(self, writer: str) -> int:
        """See `Store.safe_position`."""
        return self._positions.safe.get(writer, 0)

    def replay_position(self, writer: str) -> int:
        """See `Store.replay_position`: the last checkpoint if something was lost since."""
        with self._files.lock:
            if self._files.is_healing:
                self._progress.restart(writer, self.safe_position(writer))
            self._told[writer] = self._files.losses
            return self._progress.durable.get(writer, 0)

    def end_healing(self) -> None:
        """See `Store.end_healing`."""
        with self._files.lock:
            waits = any(self._has_to_replay(writer) for writer in self._progress.active)
        if self._files.is_healing and not waits:
            damage.end_healing(self._folder)
            self._files.is_healing = False

    def held_positions(self, writer: str) -> frozenset[int]:
        """See `Store.held_positions`."""
        return frozenset(file.held[writer] for file in self._files.all() if writer in file.held)

    def checkpoint(self) -> None:
        """See `Store.checkpoint`. Raises StoreError after every file was tried."""
        with self._writing_lock:
            with self._files.lock:
                reached = dict(self._progress.appended)
            unwritten = self._write_all()
            failed = [file for file in self._files.all() if not self._folding.fold(file)]
            self._files.note()
            self._files.rest()
            self._ids.fold()
            if unwritten is not None:
                raise unwritten
            for file in failed:
                if not self._folding.gives_up(file):
                    raise StoreError(f"{file.path.name} cannot be checkpointed")
                log.error("%s cannot be checkpointed: its rows stay in its log", file.path.name)
            safe = self._positions.safe
            for writer in [writer for writer in reached if self._has_to_replay(writer)]:
                reached[writer] = safe.get(writer, 0)
            self._positions.note_safe(reached)

    def delete(
        self, table_names: Sequence[str] | None, condition: q.Condition, start: int, end: int
    ) -> int:
        """See `Store.delete`."""
        with self._writing_lock:
            self.flush()
            return self._changes.delete(table_names, condition, start, end)

    def replace(self, table: str, key_columns: Sequence[str], rows: Rows) -> None:
        """See `Store.replace`."""
        declared = self._tables.get(table)
        if declared is None:
            raise BadQuery(f"there is no table {table!r}")
        with self._writing_lock:
            self.flush()
            self._changes.replace(declared, key_columns, rows)

    def purge_projects(self, project_ids: Sequence[int]) -> None:
        """See `Store.purge_projects`."""
        self.delete(None, q.OneOf(q.Field("project_id"), list(project_ids)), -_EVER, _EVER)

    def drop_before(self, retention: str, day: date) -> int:
        """See `Store.drop_before`."""
        with self._writing_lock:
            old = [f for f in self._files.all() if f.retention == retention and f.day < day]
            for file in old:
                self._files.drop(file)
            return len(old)

    def rewrite(self, least_dead: float) -> int:
        """See `Store.rewrite`."""
        with self._writing_lock:
            self.flush()
            return self._rewriting.rewrite(least_dead)

    def file_sizes(self) -> list[FileSize]:
        """See `Store.file_sizes`."""
        return self._rewriting.sizes()

    def usage(self) -> list[Usage]:
        """See `Store.usage`."""
        with self._files.lock:
            return [
                Usage(file.day, table, project, rows, size)
                for file in sorted(self._files.all(), key=lambda file: file.name)
                for (table, project), (rows, size) in sorted(file.all_amounts().items())
                if rows > 0 and table
            ]

    @property
    def refused_rows(self) -> int:
        """How many rows were set aside since the start, because no file takes them."""
        return self._refused.count

    @property
    def ids_lost(self) -> int:
        """How often since the start the event ids were found damaged and begun anew."""
        return self._ids.lost

    def size_bytes(self) -> int:
        """See `Store.size_bytes`."""
        size = 0
        for path in self._folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # files come and go meanwhile
                size += path.stat().st_size if path.is_file() else 0
        return size

    def close(self) -> None:
        """Write and checkpoint everything, and end."""
        self._flusher.stop()
        try:
            self.checkpoint()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End as a kill would: what is not written yet is left to the spool."""
        self._flusher.stop()
        with self._writing_lock:
            if self._claim is not None:
                self._instance.close()
                self._files.close()
                self._ids.close()
                os.close(self._claim)
                self._claim = None

    def _has_to_replay(self, writer: str) -> bool:
        """Whether something of this writer may be lost, and it has not asked from where."""
        is_told = self._told.get(writer, 0) >= self._files.losses
        return not is_told and writer in self._progress.appended
