"""Answers questions from day files and memory together: every row once, none missing.

At its start a question takes, under one lock, what memory holds for each file and the number
of the file's last complete flush. Of the file it reads the rows up to that number, so a flush
that comes to its end meanwhile changes nothing for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple

import duckdb

from vedette.store import parts, schema, sql
from vedette.store import query as q
from vedette.store.arrow import joined, to_arrow
from vedette.store.dayfile import DayFile
from vedette.store.errors import BadQuery, StoreError
from vedette.store.files import DayFiles
from vedette.store.gate import Gate, Turn
from vedette.store.instance import Instance
from vedette.store.query import Answer, Select
from vedette.store.table import ColumnType, Rows, Table
from vedette.store.tagkeys import keys_of
from vedette.store.writing import values_of

log = logging.getLogger("vedette.store")

_views = count(1)
_dialect = sql.Dialect()


class Source(NamedTuple):
    """A table of a file up to a flush, or rows in memory in their Arrow form."""

    name: str
    flush: int | None = None

    def relation(self, table: Table, names: list[str], keys: frozenset[str] | None) -> str:
        """These columns and tags of it, as a relation in SQL; all would cost too much."""
        if self.flush is None:
            return f"(SELECT {', '.join(values_of(table, names, keys))} FROM {self.name})"
        where = f"{schema.FLUSH} <= {self.flush}"
        return f"(SELECT {', '.join(names)} FROM {self.name} WHERE {where})"


class Questions:
    """Safe for threads."""

    def __init__(
        self, files: DayFiles, instance: Instance, tables: Iterable[Table], gate: Gate
    ) -> None:
        self._files = files
        self._instance = instance
        self._tables = {table.name: table for table in tables}
        self._gate = gate

    def answer(self, select: Select, *, seconds: float | None, token: str | None) -> Answer:
        """See `Owner.query`."""
        table = self._tables.get(select.table)
        if table is None:
            raise BadQuery(f"there is no table {select.table!r}")
        with self._gate.turn(seconds, token) as turn:
            files = self._files.between(str(table.retention), select.start, select.end)
            with self._files.pinned(files):
                rows = self._rows(table, select, files, turn)
                self._restore(table, select, rows, files, turn)
        return Answer(list(select.columns), rows)

    def _rows(
        self, table: Table, select: Select, files: Sequence[DayFile], turn: Turn
    ) -> list[list[Any]]:
        cursor = self._instance.question_cursor()
        turn.start(cursor)
        view = f"appended_{next(_views)}"
        names = used_columns(table, select)
        sources, waiting = self._snapshot(table, names, files)
        if waiting or not sources:
            waiting = waiting or [to_arrow(Rows(table)).select(names)]
            cursor.register(view, joined(waiting))
            sources.append(Source(view))
        try:
            keys = keys_of(select)
            relations = [source.relation(table, names, keys) for source in sources]
            statement, parameters = compiled(table, select, relations)
            return [list(row) for row in cursor.execute(statement, parameters).fetchall()]
        except duckdb.Error as error:
            turn.check()
            raise self._failure(error, select) from error
        finally:
            turn.finish()
            if sources[-1].name == view:
                self._forget(cursor, view)

    def _snapshot(
        self, table: Table, names: list[str], files: Iterable[DayFile]
    ) -> tuple[list[Source], list[Any]]:
        with self._files.lock:
            sources = [Source(f"{file.name}.{table.name}", file.flush) for file in files]
            waiting = [
                batch.arrow
                for file in files
                for batch in file.memory
                if batch.table.name == table.name
            ]
        return sources, [arrow.select(names) for arrow in waiting]

    def _restore(
        self,
        table: Table,
        select: Select,
        rows: list[list[Any]],
        files: Sequence[DayFile],
        turn: Turn,
    ) -> None:
        """Put large values in the place of their references."""
        blobs = {column.name for column in table.columns if column.type is ColumnType.BLOB}
        places = [
            place
            for place, expression in enumerate(select.columns.values())
            if _field_of(expression) in blobs
        ]
        found = {key for row in rows for place in places if (key := parts.key_of(row[place]))}
        if not found:
            return
        values = self._large_values(table, select, sorted(found), files, turn)
        for row in rows:
            for place in places:
                key = parts.key_of(row[place])
                if key is not None:
                    row[place] = values.get(key)

    def _large_values(
        self, table: Table, select: Select, keys: list[int], files: Sequence[DayFile], turn: Turn
    ) -> dict[int, bytes]:
        ask = Select(
            table=parts.PARTS,
            columns={name: q.Field(name) for name in ("key", "part", "bytes")},
            start=select.start,
            end=select.end,
            where=[
                q.OneOf(q.Field("key"), list(keys)),
                q.Compare(q.Field("key"), ">=", keys[0]),
                q.Compare(q.Field("key"), "<=", keys[-1]),
            ],
            order_by=[q.Order("key"), q.Order("part")],
            limit=1 << 31,
        )
        rows = self._rows(parts.parts_of(table.retention), ask, files, turn)
        return parts.put_together((key, part) for key, _, part in rows)

    def _failure(self, error: duckdb.Error, select: Select) -> StoreError:
        if isinstance(error, duckdb.OutOfMemoryException):
            return BadQuery("the question needs more memory than it may have: ask for less")
        log.warning("a question to %s failed: %s", select.table, error)
        return BadQuery(f"the store cannot answer this question about {select.table}")

    def _forget(self, cursor: duckdb.DuckDBPyConnection, view: str) -> None:
        try:
            cursor.unregister(view)
        except duckdb.Error as error:
            log.debug("a question's cursor is given up: %s", error)
            self._instance.drop_question_cursor()


def used_columns(table: Table, select: Select) -> list[str]:
    """The columns that a question touches, in the table's order. Raises BadQuery."""
    used = set(sql.Compiler(table, select, _dialect).used_columns())
    return [column.name for column in table.all_columns if column.name in used]


def compiled(table: Table, select: Select, relations: list[str]) -> tuple[str, list[Any]]:
    """A question over relations that have its columns, as SQL and its parameters."""
    compiler = sql.Compiler(table, select, _dialect)
    return compiler.statement(relations), compiler.parameters


def compiled_condition(
    table: Table, condition: q.Condition, start: int, end: int
) -> tuple[str, list[Any]]:
    """A condition between two times as SQL, with its parameters. Raises BadQuery."""
    select = Select(table=table.name, columns={}, start=start, end=end, where=[condition])
    compiler = sql.Compiler(table, select, _dialect)
    compiler.used_columns()
    text = compiler.condition(condition)
    span = q.All(
        [
            q.Compare(q.TIME, ">=", start),
            q.Compare(q.TIME, "<", end),
        ]
    )
    return f"{compiler.condition(span)} AND coalesce({text}, false)", compiler.parameters


def _field_of(expression: Any) -> str:
    """The column whose values an expression returns as they are."""
    while not isinstance(expression, q.Field):
        expression = getattr(expression, "of", None)
        if expression is None:
            return ""
    return expression.name
