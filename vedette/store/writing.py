"""Writes what memory holds for a day file: one flush, which is there whole or not at all.

A flush has a number. Its rows are written in transactions of bounded size, and only the last
one notes the number, so questions and a later start see all of it or nothing. What a file
refuses is tried again, then in halves, until single rows are set aside: nothing stops what
comes after.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import duckdb

from vedette.store import damage, schema
from vedette.store.arrow import joined
from vedette.store.dayfile import DayFile
from vedette.store.errors import StoreError
from vedette.store.files import DayFiles, roll_back
from vedette.store.folding import Folding
from vedette.store.instance import Instance
from vedette.store.memory import Amounts, Batch, add_amounts
from vedette.store.refused import Refused
from vedette.store.table import Table
from vedette.store.tagcolumns import maps_of
from vedette.store.widening import Widening

log = logging.getLogger("vedette.store")

TRANSACTION_BYTES = 16 << 20
MEMORY_BYTES = 64 << 20  # enough for a transaction, its sorting and the columns it compresses
_TRIES = 2


@dataclass(slots=True, eq=False)
class Piece:
    """Rows of one table that are inserted together."""

    table: Table
    arrow: object
    failures: int = 0

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return int(self.arrow.nbytes)  # type: ignore[attr-defined]

    @property
    def rows(self) -> int:
        """How many rows."""
        return int(self.arrow.num_rows)  # type: ignore[attr-defined]

    def halves(self) -> tuple[Piece, Piece]:
        """The first and the second half of the rows."""
        middle = self.rows // 2
        first = self.arrow.slice(0, middle)  # type: ignore[attr-defined]
        second = self.arrow.slice(middle, self.rows - middle)  # type: ignore[attr-defined]
        return Piece(self.table, first), Piece(self.table, second)


class Writing:
    """For one thread at a time; the store's writing lock sees to it.

    Each transaction runs within `sparing`, so that it takes less where nobody asks.
    """

    def __init__(
        self,
        files: DayFiles,
        instance: Instance,
        folding: Folding,
        refused: Refused,
        sparing: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._sparing = sparing
        self._files = files
        self._instance = instance
        self._folding = folding
        self._refused = refused
        self._widening = Widening(files, instance, folding)

    def write(self, file: DayFile) -> None:
        """Write what memory holds as the file's next flush.

        Raises StoreError; then nothing of it is to be seen in the file.
        """
        self._clean(file)
        self._widening.widen(file)
        with self._files.lock:
            file.writing = list(file.memory)
            batches, number = file.writing, file.flush + 1
        amounts: Amounts = {}
        for batch in batches:
            add_amounts(amounts, batch.amounts)
        end = (_last_positions(batches), amounts)
        waiting: deque[list[Piece]] = deque(_transactions(_pieces(batches)))
        done: list[list[Piece]] = []
        while file.writing:
            group = waiting.popleft() if waiting else []
            renewals = file.renewals
            try:
                with self._sparing():
                    self._transaction(file, group, number, None if waiting else end)
            except duckdb.Error as error:
                waiting.extendleft(reversed(self._after(file, group, error, amounts)))
            else:
                done.append(group)
                self._fold_if_large(file)
            if file.renewals != renewals:  # what was written of this flush is gone
                waiting.extendleft(reversed(done))
                done = []

    def _transaction(
        self,
        file: DayFile,
        group: Iterable[Piece],
        number: int,
        end: tuple[dict[str, int], Amounts] | None,
    ) -> None:
        with self._files.pinned([file]):
            cursor = self._instance.cursor()
            try:
                cursor.begin()
                for piece in group:
                    insert(cursor, file, piece.table, piece.arrow, number)
                    file.unfolded_bytes += piece.size_bytes
                if end is not None:
                    positions, amounts = end
                    for writer, position in positions.items():
                        cursor.execute(
                            f"INSERT INTO {file.name}.{schema.HELD} VALUES (?, ?, ?)",
                            [number, writer, position],
                        )
                    schema.write_amounts(cursor, file.name, amounts)
                file.is_dirty = True
                file.is_torn = True
                cursor.commit()
            except BaseException:
                roll_back(cursor)
                raise
            if end is not None:
                with self._files.lock:
                    add_amounts(file.amounts, end[1])
                    file.publish(number)
                    file.is_torn = False

    def _clean(self, file: DayFile) -> None:
        """Take out what a flush that failed left behind."""
        with self._files.pinned([file]):
            if not file.is_torn:
                return
            try:
                file.read(self._instance.cursor())
                return
            except duckdb.Error as error:
                log.warning("%s has to be opened again: %s", file.name, error)
        self._files.renew(file)

    def _after(
        self, file: DayFile, group: list[Piece], error: duckdb.Error, amounts: Amounts
    ) -> list[list[Piece]]:
        """What to write instead of a transaction that failed."""
        if damage.is_out_of_room(error):
            self._files.recover(file, error)
            raise StoreError(f"{file.path.name} cannot be written: {error}") from error
        log.warning("%s refuses %d tables: %s", file.name, len(group), error)
        if not self._is_well(file):
            self._files.renew(file)
        if not group:  # only the flush's own note was refused
            raise StoreError(f"{file.path.name} cannot be written: {error}") from error
        if len(group) > 1:
            return [[piece] for piece in group]
        piece = group[0]
        piece.failures += 1
        if piece.failures < _TRIES:
            return [group]
        if piece.rows > 1:
            return [[half] for half in piece.halves()]
        self._set_aside(file, piece, error, amounts)
        return []

    def _is_well(self, file: DayFile) -> bool:
        try:
            with self._files.pinned([file]):
                cursor = self._instance.cursor()
                file.is_dirty = True
                cursor.execute(f"INSERT INTO {file.name}.{schema.HELD} VALUES (0, NULL, 0)")
        except (duckdb.Error, StoreError):
            return False
        return True

    def _set_aside(
        self, file: DayFile, piece: Piece, error: duckdb.Error, amounts: Amounts
    ) -> None:
        if not self._is_well(file):
            raise StoreError(f"{file.path.name} takes nothing at all: {error}") from error
        try:
            self._refused.put(piece.table.name, file.name, piece.arrow, error)
        except OSError as failure:
            raise StoreError(f"a refused row cannot be set aside: {failure}") from failure
        project = _first(piece, "project_id")
        add_amounts(amounts, {(piece.table.name, project): (-1, -piece.size_bytes)})

    def _fold_if_large(self, file: DayFile) -> None:
        if file.unfolded_bytes > self._folding.most_unfolded_bytes:
            self._folding.fold(file)


def insert(
    cursor: duckdb.DuckDBPyConnection, file: DayFile, table: Table, arrow: object, number: int
) -> None:
    """Insert an Arrow table in the table's order, within the caller's transaction."""
    names = [column.name for column in table.all_columns]
    order = ", ".join(table.order)
    tags = file.tag_columns_of(table.name)
    columns = [*names, schema.FLUSH, *(column.name for column in tags.values())]
    values = [*names, str(number), *(tag.in_map for tag in tags)]
    cursor.register("batch", arrow)
    try:
        cursor.execute(
            f"INSERT INTO {file.name}.{table.name} ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM "
            f"(SELECT {', '.join(values_of(table, names))} FROM batch) ORDER BY {order}"
        )
        cursor.unregister("batch")
    except duckdb.Error:
        roll_back(cursor)  # an aborted transaction refuses to unregister
        cursor.unregister("batch")
        raise


def values_of(table: Table, names: Iterable[str]) -> list[str]:
    """Columns of the table as SQL over its Arrow form."""
    maps = maps_of(table)
    return [f"map_from_entries({name}) AS {name}" if name in maps else name for name in names]


def _pieces(batches: Sequence[Batch]) -> Iterator[Piece]:
    by_table: dict[str, list[Batch]] = {}
    for batch in batches:
        by_table.setdefault(batch.table.name, []).append(batch)
    for found in by_table.values():
        held: list[Batch] = []
        size = 0
        for batch in found:
            if held and size + batch.size_bytes > TRANSACTION_BYTES:
                yield Piece(found[0].table, joined(one.arrow for one in held))
                held, size = [], 0
            held.append(batch)
            size += batch.size_bytes
        yield from _bounded(Piece(found[0].table, joined(one.arrow for one in held)))


def _bounded(piece: Piece) -> Iterator[Piece]:
    parts = min(-(-piece.size_bytes // TRANSACTION_BYTES), piece.rows)
    if parts <= 1:
        yield piece
        return
    step = -(-piece.rows // parts)
    for start in range(0, piece.rows, step):
        length = min(step, piece.rows - start)
        yield Piece(piece.table, piece.arrow.slice(start, length))  # type: ignore[attr-defined]


def _transactions(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        if group and size + piece.size_bytes > TRANSACTION_BYTES:
            yield group
            group, size = [], 0
        group.append(piece)
        size += piece.size_bytes
    yield group


def _last_positions(batches: Iterable[Batch]) -> dict[str, int]:
    last: dict[str, int] = {}
    for batch in batches:
        writer = batch.appended.writer
        last[writer] = max(last.get(writer, -1), batch.last)
    return last


def _first(piece: Piece, column: str) -> int:
    names = {one.name for one in piece.table.columns}
    if column not in names:
        return 0
    values = piece.arrow.column(column).to_pylist()  # type: ignore[attr-defined]
    return int(values[0] or 0)
