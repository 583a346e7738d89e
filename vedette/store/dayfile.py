"""One file of the store: a retention class on one day, and what memory holds for it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from vedette.store import schema, tagcolumns
from vedette.store.memory import Amounts, Batch, add_amounts
from vedette.store.table import Table
from vedette.store.tagkeys import Tag

DAY = 86_400_000_000
_FAR = 253402300799 * 1_000_000


class DayFile:
    """What the store knows of a file, attached or not. Guarded by the lock of `DayFiles`."""

    def __init__(self, name: str, path: Path, tables: Sequence[Table]) -> None:
        self.name = name
        self.path = path
        self.tables = tables
        self.retention, _, self.stamp = name.rpartition("_")
        self.held: dict[str, int] = {}  # highest position by writer, memory included
        self.flush = 0  # the last flush that is complete
        self.amounts: Amounts = {}
        self.tag_columns: tagcolumns.TagColumns | None = None  # None before they were read
        self.widens_at: dict[str, int] = {}  # rows of a table at which it may get more of them
        self.memory: list[Batch] = []
        self.writing: list[Batch] = []  # those of memory that a flush is about to write
        self.is_known = False  # its own tables were read, or the catalog knows them
        self.is_declared = False
        self.is_attached = False
        self.is_dropped = False
        self.is_dirty = False  # something is in its log only
        self.is_torn = False  # rows of a flush that failed may lie in it
        self.unfolded_bytes = 0  # written since the last checkpoint
        self.folds = 0  # checkpoints since its row groups were merged
        self.failures = 0  # checkpoints that failed in turn
        self.renewals = 0  # how often it was opened anew after a failure
        self.pinned_by: Counter[int] = Counter()  # by thread
        self.is_leaving = False  # nobody new may work with it
        self._handle: int | None = None
        self.used = 0  # by a counter that grows with each use
        self.touched = 0.0  # the same by a clock

    @property
    def pins(self) -> int:
        """How many are working with it."""
        return self.pinned_by.total()

    @property
    def log(self) -> Path:
        """Its write-ahead log."""
        return self.path.with_suffix(".duckdb.wal")

    @property
    def day(self) -> date:
        """Its day."""
        return datetime.strptime(self.stamp, "%Y%m%d").date()

    def handle(self) -> int:
        """Open for reading as long as the file is attached. Raises OSError.

        Not opened and closed each time: closing any handle of a file gives up all locks that
        the process has on it, the engine's too.
        """
        if self._handle is None:
            self._handle = os.open(self.path, os.O_RDONLY)
        return self._handle

    def close(self) -> None:
        """Let go of the handle; after the engine has."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def prepare(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """After it was attached: make its tables, and read its state unless it is known.

        Returns False if it holds less than it did: its log was cut off.
        """
        if not self.is_declared:
            self.is_dirty |= schema.declare(cursor, self.name, self.tables)
            self.is_declared = True
        if self.tag_columns is None:
            self.tag_columns = tagcolumns.read(cursor, self.name)
        if self.is_known and not self.is_torn and not self.is_dirty:
            return True
        return self.read(cursor)

    def read(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Take over what the file says of itself, and take out what is not complete.

        Returns False if it holds less than it did; a replay has to bring the rest.
        """
        flush, held = schema.read_held(cursor, self.name)
        is_whole = flush >= self.flush
        if not is_whole:
            self.forget()
        self.is_dirty |= schema.undo_after(cursor, self.name, self.tables, flush) > 0
        self.amounts = schema.read_amounts(cursor, self.name)
        for writer, position in held.items():
            self.held[writer] = max(self.held.get(writer, -1), position)
        if flush > self.flush:
            self.publish(flush)
        self.tag_columns = tagcolumns.read(cursor, self.name)
        self.is_torn = False
        self.is_known = self.is_declared = True
        return is_whole

    def publish(self, flush: int) -> None:
        """A flush is complete: its rows are read from the file from now on."""
        self.flush = flush
        self._let_go(self.writing)

    def forget(self) -> None:
        """It was lost on disk: nothing that is known of it holds; a replay brings it all."""
        self._let_go(self.memory)
        self.held = {}
        self.flush = 0
        self.amounts = {}
        self.tag_columns = None
        self.widens_at = {}
        self.is_known = self.is_declared = False
        self.is_dirty = True

    def tag_columns_of(self, table: str) -> Mapping[Tag, tagcolumns.TagColumn]:
        """The tag columns of a table, once the file was attached."""
        return (self.tag_columns or {}).get(table, {})

    def all_amounts(self) -> Amounts:
        """Rows and bytes by table and project, file and memory together."""
        total = dict(self.amounts)
        for batch in self.memory:
            add_amounts(total, batch.amounts)
        return total

    def _let_go(self, batches: list[Batch]) -> None:
        gone = {id(batch) for batch in batches}
        for batch in batches:
            batch.appended.owing -= 1
        self.memory = [batch for batch in self.memory if id(batch) not in gone]
        self.writing = []


def name_of(retention: str, day: int) -> str:
    """The name of the file for a day, counted since 1970."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return f"{retention}_{moment:%Y%m%d}"


def names_around(retention: str, start: int, end: int) -> tuple[str, str]:
    """The names of the first and the last file that a time from `start` to `end` touches."""
    first = max(start, 0) // DAY
    last = min(max(end - 1, 0), _FAR) // DAY
    return name_of(retention, min(first, _FAR // DAY)), name_of(retention, last)
