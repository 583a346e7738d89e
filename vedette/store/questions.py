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

from vedette.store import parts, sql
from vedette.store import query as q
from vedette.store.arrow import joined, to_arrow
from vedette.store.dayfile import DayFile
from vedette.store.errors import BadQuery, StoreError
from vedette.store.files import DayFiles
from vedette.store.gate import Gate, Turn
from vedette.store.instance import Instance
from vedette.store.query import Answer, Select
from vedette.store.sources import Reading, Source
from vedette.store.statements import Writer
from vedette.store.table import ColumnType, Rows, Table
from vedette.store.tagkeys import AskedTags
from vedette.store.visible import VisibleProjects

log = logging.getLogger("vedette.store")

_views = count(1)
_dialect = sql.Dialect()


class _Held(NamedTuple):
    """Rows of a table: where they lie in files, and those that wait in memory."""

    sources: Sequence[Source] = ()
    waiting: Sequence[Any] = ()

    @classmethod
    def of(cls, file: DayFile, table: Table) -> _Held:
        """What there is for the file's day."""
        source = Source(f"{file.name}.{table.name}", file.flush, file.tag_columns_of(table.name))
        mine = (batch for batch in file.memory if batch.table.name == table.name)
        return cls([source], [batch.arrow for batch in mine])

    @classmethod
    def together(cls, held: Sequence[_Held]) -> _Held:
        """What there is for all these days."""
        return cls(
            [source for one in held for source in one.sources],
            [arrow for one in held for arrow in one.waiting],
        )


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
        table = self._table(select.table)
        joined = self._table(select.join.table) if select.join else None
        asked = [table, joined] if joined else [table]
        columns = sql.Compiler(table, select, _dialect, joined).columns
        with self._gate.turn(seconds, token) as turn:
            files = self._files_of(asked, select)
            with self._files.pinned(files):
                rows = self._rows(asked, select, files, turn)
                self._restore(table, select, rows, files, turn)
        return Answer(columns, rows)

    def _table(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            raise BadQuery(f"there is no table {name!r}")
        return table

    def _files_of(self, tables: Sequence[Table], select: Select) -> list[DayFile]:
        found: dict[str, DayFile] = {}
        for retention in dict.fromkeys(str(table.retention) for table in tables):
            for file in self._files.between(retention, select.start, select.end):
                found[file.name] = file
        return list(found.values())

    def _rows(
        self, tables: Sequence[Table], select: Select, files: Sequence[DayFile], turn: Turn
    ) -> list[list[Any]]:
        """The answer's rows; `tables` are the asked one and the joined one, if there is one."""
        cursor = self._instance.question_cursor()
        turn.start(cursor)
        views: list[str] = []
        relations: list[list[str]] = []
        readings = used_columns(tables, select)
        try:
            for reading, held in zip(readings, self._snapshot(readings, files), strict=True):
                places = held if select.newest is not None else [_Held.together(held)]
                relations.append([])
                for place in places or [_Held()]:
                    sources = list(place.sources)
                    if place.waiting or not sources:
                        view = f"appended_{next(_views)}"
                        none = to_arrow(Rows(reading.table)).select(reading.needed)
                        cursor.register(view, joined(place.waiting or [none]))
                        views.append(view)
                        sources.append(Source(view))
                    found = [source.relation(reading) for source in sources]
                    relations[-1] += [_as_one(found)] if select.newest is not None else found
            statement, parameters = compiled(tables, select, relations)
            return [list(row) for row in cursor.execute(statement, parameters).fetchall()]
        except duckdb.Error as error:
            turn.check()
            raise self._failure(error, select) from error
        finally:
            turn.finish()
            for view in views:
                self._forget(cursor, view)

    def _snapshot(self, readings: Sequence[Reading], files: Sequence[DayFile]) -> list[list[_Held]]:
        """For each table what each file and memory hold for a day: all of one moment."""
        with self._files.lock:
            found = [
                [
                    _Held.of(file, reading.table)
                    for file in files
                    if file.retention == str(reading.table.retention)
                ]
                for reading in readings
            ]
        return [
            [
                held._replace(waiting=[arrow.select(reading.needed) for arrow in held.waiting])
                for held in places
            ]
            for reading, places in zip(readings, found, strict=True)
        ]

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
            projects=VisibleProjects.of_system(),  # the keys come from rows that may be seen
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
        rows = self._rows([parts.parts_of(table.retention)], ask, files, turn)
        return parts.put_together((key, part) for key, _, part in rows)

    def _failure(self, error: duckdb.Error, select: Select) -> StoreError:
        if isinstance(error, duckdb.OutOfMemoryException):
            return BadQuery("the question needs more memory than it may have: ask for less")
        log.warning("a question to %s failed: %s", select.table, error)
        return StoreError("the store cannot answer this question; its log says why")

    def _forget(self, cursor: duckdb.DuckDBPyConnection, view: str) -> None:
        try:
            cursor.unregister(view)
        except duckdb.Error as error:
            log.debug("a question's cursor is given up: %s", error)
            self._instance.drop_question_cursor()


def used_columns(tables: Sequence[Table], select: Select) -> list[Reading]:
    """What a question reads of each table. Raises BadQuery."""
    asked = AskedTags()
    joined = tables[1] if len(tables) > 1 else None
    compiler = sql.Compiler(tables[0], select, _dialect, joined, tags=asked)
    compiler.statement(["stand_in"], ["stand_in"])
    used = [compiler.used(), *([compiler.used(joined.name)] if joined else [])]
    return [
        Reading(
            table,
            [column.name for column in table.all_columns if column.name in found],
            {} if place else asked.names,
        )
        for place, (table, found) in enumerate(zip(tables, used, strict=True))
    ]


def compiled(
    tables: Sequence[Table], select: Select, relations: Sequence[list[str]]
) -> tuple[str, list[Any]]:
    """A question over relations that have what it reads, as SQL and its parameters."""
    joined = tables[1] if len(tables) > 1 else None
    compiler = sql.Compiler(tables[0], select, _dialect, joined, tags=AskedTags())
    return compiler.statement(relations[0], *relations[1:]), compiler.parameters


def compiled_condition(
    table: Table, condition: q.Condition, start: int, end: int
) -> tuple[str, list[Any]]:
    """A condition between two times as SQL, with its parameters. Raises BadQuery.

    The table's columns are named without a prefix.
    """
    span = q.All([q.Compare(q.TIME, ">=", start), q.Compare(q.TIME, "<", end)])
    columns = {"": {column.name: column.type for column in table.all_columns}}
    writer = Writer(_dialect, columns, {"": table.name}, seconds=1)
    texts = [writer.condition(one).text for one in (span, condition)]
    return f"{texts[0]} AND coalesce({texts[1]}, false)", writer.parameters


def _as_one(relations: Sequence[str]) -> str:
    """Relations of equal columns as one."""
    if len(relations) == 1:
        return relations[0]
    return f"({' UNION ALL '.join(f'FROM {one}' for one in relations)})"


def _field_of(expression: Any) -> str:
    """The column whose values an expression returns as they are."""
    if isinstance(expression, q.Call) and expression.name in _GIVES_AS_IT_IS:
        expression = expression.arguments[0]
    return expression.name if isinstance(expression, q.Field) and not expression.table else ""


_GIVES_AS_IT_IS = ("first", "last", "min", "max")
