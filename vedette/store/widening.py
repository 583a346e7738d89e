"""Gives day files their tag columns: before a flush, when there is something to go by.

A table is looked at once it holds some thousand rows, and again each time it has doubled. The
table of a new day takes over what is frequent in the file before, so its columns are filled
from the first row.
"""

from __future__ import annotations

import logging

import duckdb

from vedette.store import tagcolumns
from vedette.store.dayfile import DayFile
from vedette.store.errors import StoreError
from vedette.store.files import DayFiles, roll_back
from vedette.store.folding import Folding
from vedette.store.instance import Instance
from vedette.store.table import Table
from vedette.store.tagkeys import Tag

log = logging.getLogger("vedette.store")

FIRST_ROWS = 5_000
_MOST_VALUES = 2_000_000  # rows times columns: a new column is in memory until the checkpoint


class Widening:
    """For one thread at a time, as `Writing`."""

    def __init__(self, files: DayFiles, instance: Instance, folding: Folding) -> None:
        self._files = files
        self._instance = instance
        self._folding = folding

    def widen(self, file: DayFile) -> None:
        """Add the columns that are due; what fails is left as it is, for the map answers too."""
        for table in file.tables:
            rows = rows_of(file, table)
            if not tagcolumns.maps_of(table) or rows < file.widens_at.get(table.name, 0):
                continue
            file.widens_at[table.name] = max(2 * rows, FIRST_ROWS)
            model = file if rows >= FIRST_ROWS else None if rows else self._before(file, table)
            if model is None:
                continue
            try:
                is_wider = self._widen(file, table, model, rows)
            except (duckdb.Error, StoreError) as error:
                log.warning("%s gets no tag columns: %s", file.path.name, error)
                if isinstance(error, duckdb.Error):
                    self._files.recover(file, error)
                continue
            if is_wider and rows:  # or the engine writes the last rows once more with the next
                self._folding.fold(file)

    def _before(self, file: DayFile, table: Table) -> DayFile | None:
        """The last file before this one that has rows to go by."""
        return max(
            (
                one
                for one in self._files.all()
                if one.retention == file.retention
                and one.name < file.name
                and rows_of(one, table) >= FIRST_ROWS
            ),
            key=lambda one: one.name,
            default=None,
        )

    def _widen(self, file: DayFile, table: Table, model: DayFile, rows: int) -> bool:
        """Add what the model's rows ask for; returns whether it was anything."""
        with self._files.pinned([file, model]):
            cursor = self._instance.cursor()
            held = file.tag_columns_of(table.name)
            tags = [
                tag for tag in tagcolumns.frequent(cursor, model.name, table) if tag not in held
            ][: _room(len(held), rows)]
            if tags:
                row = f"SELECT 1 FROM {file.name}.{table.name} LIMIT 1"
                since = file.flush if cursor.execute(row).fetchone() else -1
                self._add(cursor, file, table, tags, since)
            return bool(tags)

    def _add(
        self,
        cursor: duckdb.DuckDBPyConnection,
        file: DayFile,
        table: Table,
        tags: list[Tag],
        since: int,
    ) -> None:
        held = file.tag_columns_of(table.name)
        try:
            cursor.begin()
            columns = tagcolumns.add(cursor, file.name, table, tags, held, since)
            file.is_dirty = True
            cursor.commit()
        except BaseException:
            roll_back(cursor)
            raise
        with self._files.lock:
            file.tag_columns = {**(file.tag_columns or {}), table.name: columns}


def rows_of(file: DayFile, table: Table) -> int:
    """How many rows of a table are written in a file."""
    return sum(rows for (name, _), (rows, _) in file.amounts.items() if name == table.name)


def _room(held: int, rows: int) -> int:
    return max(min(tagcolumns.MOST_COLUMNS - held, _MOST_VALUES // max(rows, 1)), 0)
