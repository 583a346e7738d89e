"""Deletes and replaces rows, whole or not at all over any number of day files.

What is to be done is noted in the store's folder first, with the flush that each file had
reached, and done again at the next start until it came to its end. Rows that come in later
are not touched by it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from vedette.store import parts, schema
from vedette.store.arrow import to_arrow
from vedette.store.dayfile import DAY, DayFile, name_of
from vedette.store.durable import sync_folder, write_file
from vedette.store.errors import BadQuery, BadRows, StoreError
from vedette.store.files import DayFiles, roll_back
from vedette.store.folding import FOLDS_PER_MERGE
from vedette.store.instance import Instance
from vedette.store.memory import Amounts, add_amounts, amounts_of
from vedette.store.query import Condition
from vedette.store.questions import compiled_condition
from vedette.store.removing import held_of, remove
from vedette.store.table import Rows, Table
from vedette.store.writing import insert

log = logging.getLogger("vedette.store")

_FOLDER = "changes"


class Deletion(msgspec.Struct, tag="delete"):
    """Rows of some tables that meet a condition; `flushes` bounds it by file."""

    tables: list[str]
    condition: Condition
    start: int
    end: int
    flushes: dict[str, int]


class Replacement(msgspec.Struct, tag="replace"):
    """Rows of one table by day file, in the place of those with the same keys."""

    table: str
    keys: list[str]
    rows: dict[str, dict[str, list[Any]]]
    flushes: dict[str, int]


Change = Deletion | Replacement
_decode = msgspec.msgpack.Decoder(Change).decode


class Changes:
    """For one thread at a time, under the store's writing lock and after a flush."""

    def __init__(
        self, folder: Path, files: DayFiles, instance: Instance, tables: Iterable[Table]
    ) -> None:
        self._folder = folder / _FOLDER
        self._files = files
        self._instance = instance
        self._tables = {table.name: table for table in tables}
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._is_behind = True

    def begin(self) -> None:
        """Finish what is noted, or leave it to the next change: a full disk is no end."""
        try:
            self.finish_noted()
        except (StoreError, OSError) as error:
            log.error("a noted change cannot be finished yet: %s", error)

    def finish_noted(self) -> None:
        """Do what was noted and not finished, by an earlier process too. Raises StoreError."""
        if not self._is_behind:
            return
        for path in sorted(self._folder.glob("*.msgpack")):
            try:
                self._do(self._of_today(_decode(path.read_bytes())))
            except (msgspec.DecodeError, BadQuery, BadRows) as error:  # for good
                log.error("%s cannot be done and is left out: %s", path, error)
                path.rename(path.with_suffix(".unreadable"))
                continue
            path.unlink()
        self._is_behind = False

    def delete(
        self, table_names: Sequence[str] | None, condition: Condition, start: int, end: int
    ) -> int:
        """See `Store.delete`."""
        names = self._with_columns(table_names, condition, start, end)
        touched = [
            file
            for retention in {str(self._tables[name].retention) for name in names}
            for file in self._files.between(retention, start, end)
        ]
        flushes = self._flushes(touched)
        return self._note_and_do(Deletion(names, condition, start, end, flushes))

    def replace(self, table: Table, key_columns: Sequence[str], rows: Rows) -> None:
        """See `Store.replace`."""
        unknown = set(key_columns) - {column.name for column in table.all_columns}
        if unknown or not key_columns:
            raise BadQuery(f"{table.name} cannot be replaced by {sorted(unknown) or 'no key'}")
        to_arrow(rows)  # raises BadRows before anything is noted
        places: dict[str, list[int]] = {}
        for place, moment in enumerate(rows.columns["timestamp"]):
            places.setdefault(name_of(str(table.retention), moment // DAY), []).append(place)
        flushes = self._flushes(self._files.get(name) for name in places)
        by_file = {name: rows.pick(found).columns for name, found in places.items()}
        self._note_and_do(Replacement(table.name, list(key_columns), by_file, flushes))

    def _of_today(self, change: Change) -> Change:
        """What an earlier version noted, for the tables as they are declared now."""
        if isinstance(change, Deletion):
            return change
        table = self._tables.get(change.table)
        if table is None:
            raise BadQuery(f"there is no table {change.table!r}")
        rows = {}
        for name, held in change.rows.items():
            nothing = [None] * len(held["timestamp"])
            rows[name] = {one.name: held.get(one.name, nothing) for one in table.all_columns}
        return msgspec.structs.replace(change, rows=rows)

    def _flushes(self, files: Iterable[DayFile]) -> dict[str, int]:
        found = {}
        for file in files:
            with self._files.pinned([file]):  # a file that was lost is known as such only then
                found[file.name] = file.flush
        return found

    def _note_and_do(self, change: Change) -> int:
        self.finish_noted()  # in the order in which they were noted
        path = self._folder / f"{time.time_ns()}.msgpack"
        write_file(path, msgspec.msgpack.encode(change), must_last=True)
        self._is_behind = True
        count = self._do(change)
        path.unlink()
        self._is_behind = False
        sync_folder(self._folder)
        return count

    def _do(self, change: Change) -> int:
        count = 0
        for name, flush in change.flushes.items():
            file = self._files.get(name)
            for attempt in (1, 2):
                try:
                    count += self._in_file(file, change, flush)
                    break
                except duckdb.Error as error:
                    if attempt == 2:
                        raise StoreError(f"{name} cannot be changed: {error}") from error
                    log.warning("%s is opened again to change it: %s", name, error)
                self._files.renew(file)
        return count

    def _in_file(self, file: DayFile, change: Change, flush: int) -> int:
        amounts: Amounts = {}
        with self._files.pinned([file]):
            cursor = self._instance.cursor()
            try:
                cursor.begin()
                if isinstance(change, Deletion):
                    count = self._delete_in(cursor, file, change, flush, amounts)
                else:
                    count = self._replace_in(cursor, file, change, flush, amounts)
                schema.write_amounts(cursor, file.name, amounts)
                file.is_dirty = True
                cursor.commit()
            except BaseException:
                roll_back(cursor)
                raise
            with self._files.lock:
                add_amounts(file.amounts, amounts)
                file.folds += FOLDS_PER_MERGE  # the room of what is gone comes free by merging
        return count

    def _delete_in(
        self,
        cursor: duckdb.DuckDBPyConnection,
        file: DayFile,
        change: Deletion,
        flush: int,
        amounts: Amounts,
    ) -> int:
        count = 0
        for name in change.tables:
            table = self._tables.get(name)
            if table is None or str(table.retention) != file.retention:
                continue
            text, values = compiled_condition(table, change.condition, change.start, change.end)
            where = f"{text} AND {schema.FLUSH} <= {flush}"
            count += remove(cursor, file, table, where, values, amounts)
        return count

    def _replace_in(
        self,
        cursor: duckdb.DuckDBPyConnection,
        file: DayFile,
        change: Replacement,
        flush: int,
        amounts: Amounts,
    ) -> int:
        table = self._tables[change.table]
        given = Rows(table, change.rows[file.name])
        keys = ", ".join(change.keys)
        cursor.register("replacing", to_arrow(given))
        try:
            where = f"({keys}) IN (SELECT ({keys}) FROM replacing) AND {schema.FLUSH} <= {flush}"
            rows = held_of(cursor, file, given, change.keys, where)
            count = remove(cursor, file, table, where, [], amounts)
        finally:
            roll_back_view(cursor, "replacing")
        if not len(rows):
            return count
        lean, pieces = parts.cut(rows)
        arrow = to_arrow(lean)
        insert(cursor, file, table, arrow, 0)
        if pieces is not None:
            insert(cursor, file, pieces.table, to_arrow(pieces), 0)
        add_amounts(amounts, amounts_of(rows, int(arrow.nbytes)))
        return count

    def _with_columns(
        self, table_names: Sequence[str] | None, condition: Condition, start: int, end: int
    ) -> list[str]:
        """The tables to delete from: those that are named, or all that have the columns."""
        found = []
        for name in self._tables if table_names is None else table_names:
            table = self._tables.get(name)
            if table is None:
                raise BadQuery(f"there is no table {name!r}")
            try:
                compiled_condition(table, condition, start, end)
            except BadQuery:
                if table_names is not None:
                    raise
                continue
            found.append(name)
        return found


def roll_back_view(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """Forget a view, also within a transaction that failed."""
    try:
        cursor.unregister(name)
    except duckdb.Error:
        roll_back(cursor)
        cursor.unregister(name)
        raise
