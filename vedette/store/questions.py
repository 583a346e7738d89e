"""Answers questions from day files and memory together: every row once, none missing.

At its start a question takes, under one lock, what memory holds for each file and the number
of the file's last complete flush. Of the file it reads the rows up to that number, so a flush
that comes to its end meanwhile changes nothing for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import duckdb

from vedette.store import large_values, parts, slices, sql
from vedette.store import query as q
from vedette.store.again import NeedsMemory, answered
from vedette.store.arrow import joined, to_arrow
from vedette.store.dayfile import DayFile
from vedette.store.dialect import Dialect
from vedette.store.errors import BadQuery, StoreError
from vedette.store.files import DayFiles, roll_back
from vedette.store.gate import Gate, Turn
from vedette.store.held import Held
from vedette.store.instance import Instance
from vedette.store.query import Answer, Select
from vedette.store.sources import Reading, Source
from vedette.store.statements import Writer
from vedette.store.table import Rows, Table
from vedette.store.tagkeys import AskedTags

log = logging.getLogger("vedette.store")

_views = count(1)
_dialect = sql.Dialect()


class Questions:
    """Safe for threads."""

    def __init__(
        self,
        files: DayFiles,
        instance: Instance,
        tables: Iterable[Table],
        gate: Gate,
        writing: threading.RLock,
    ) -> None:
        """`writing` is held by what writes."""
        self._files = files
        self._instance = instance
        self._tables = {table.name: table for table in tables}
        self._gate = gate
        self._writing = writing

    def answer(self, select: Select, *, seconds: float | None, token: str | None) -> Answer:
        """See `Owner.query`."""
        table = self._table(select.table)
        joined = self._table(select.join.table) if select.join else None
        asked = [table, joined] if joined else [table]
        columns = sql.Compiler(table, select, _dialect, joined).columns
        with self._gate.turn(seconds, token) as turn:
            ask = partial(self._pinned, asked, select, turn)
            return Answer(columns, answered(ask, turn, self._writing))

    def _pinned(self, asked: Sequence[Table], select: Select, turn: Turn) -> list[list[Any]]:
        with self._files.pinned(self._files_of(asked, select)) as files:
            return self._answered(asked, select, files, turn)

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

    def _answered(
        self, asked: Sequence[Table], select: Select, files: Sequence[DayFile], turn: Turn
    ) -> list[list[Any]]:
        """The answer's rows; `asked` are the table and the joined one, if there is one.

        Large values lie in another table than the rows that refer to them: both are read as of
        one moment, for what is replaced or deleted in between takes its large values with it.
        """
        readings = used_columns(asked, select)
        places = large_values.places_of(asked[0], select)
        if not places:
            return self._rows(select, readings, self._snapshot(readings, files), turn)
        table = parts.parts_of(asked[0].retention)
        of_parts = Reading(table, [*large_values.PARTS_COLUMNS, "timestamp"], {})
        *held, held_parts = self._snapshot([*readings, of_parts], files)
        with self._one_moment(select):
            rows = self._rows(select, readings, held, turn)
            keys = {key for row in rows for at in places if (key := parts.key_of(row[at]))}
            if keys:
                ask = large_values.parts_asked(select, sorted(keys))
                found = self._rows(ask, [of_parts], [held_parts], turn)
                large_values.restore(
                    rows, places, parts.put_together((key, part) for key, _, part in found)
                )
        return rows

    @contextmanager
    def _one_moment(self, select: Select) -> Iterator[None]:
        """What is read within it is read in one transaction. Raises StoreError."""
        cursor = self._cursor(select)
        try:
            cursor.begin()
            yield
            cursor.rollback()
        except BaseException as error:
            self._instance.drop_question_cursor()  # whatever state it is in
            if isinstance(error, duckdb.Error):
                raise self._failure(error, select) from error
            raise

    def _rows(
        self,
        select: Select,
        readings: Sequence[Reading],
        held: Sequence[Sequence[Held]],
        turn: Turn,
    ) -> list[list[Any]]:
        """The rows of one statement over what there is of each of its tables."""
        cursor = self._cursor(select)
        turn.start(cursor)
        views: list[str] = []
        relations: list[list[str]] = []
        try:
            for reading, days in zip(readings, held, strict=True):
                places = days if select.newest is not None else [Held.together(days)]
                relations.append([])
                for place in places or [Held()]:
                    sources = list(place.sources)
                    if place.waiting or not sources:
                        view = f"appended_{next(_views)}"
                        none = to_arrow(Rows(reading.table)).select(reading.needed)
                        cursor.register(view, joined(place.waiting or [none]))
                        views.append(view)
                        sources.append(Source(view))
                    found = [source.relation(reading) for source in sources]
                    relations[-1] += [_as_one(found)] if select.newest is not None else found
            return self._executed(select, readings, relations, cursor, turn)
        except duckdb.Error as error:
            roll_back(cursor)  # an aborted transaction refuses to forget its views
            turn.check()
            raise self._failure(error, select) from error
        finally:
            turn.finish()
            for view in views:
                self._forget(cursor, view)

    def _executed(
        self,
        select: Select,
        readings: Sequence[Reading],
        relations: Sequence[list[str]],
        cursor: duckdb.DuckDBPyConnection,
        turn: Turn,
    ) -> list[list[Any]]:
        """The rows at once or, if that needs more memory than there is, some groups at a time."""
        tables = [reading.table for reading in readings]
        try:
            return _fetched(cursor, *compiled(tables, select, relations))
        except duckdb.OutOfMemoryException:
            column = slices.column_of(select)
            if column is None:
                raise
            roll_back(cursor)
        answers = []
        for number in range(slices.SLICES):
            turn.check()
            parts = [[slices.slice_of(one, column, number) for one in each] for each in relations]
            answers.append(_fetched(cursor, *compiled(tables, select, parts)))
        return slices.together(select, answers)

    def _snapshot(self, readings: Sequence[Reading], files: Sequence[DayFile]) -> list[list[Held]]:
        """For each table what each file and memory hold for a day: all of one moment."""
        with self._files.lock:
            found = [
                [
                    Held.of(file, reading.table)
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

    def _cursor(self, select: Select) -> duckdb.DuckDBPyConnection:
        """This thread's. Raises StoreError: where memory is full, even that has none."""
        try:
            return self._instance.question_cursor()
        except duckdb.Error as error:
            raise self._failure(error, select) from error

    def _failure(self, error: duckdb.Error, select: Select) -> StoreError:
        if isinstance(error, duckdb.OutOfMemoryException):
            return NeedsMemory("the question needs more memory than it may have: ask for less")
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
    table: Table, condition: q.Condition, start: int, end: int, dialect: Dialect | None = None
) -> tuple[str, list[Any]]:
    """A condition between two times as SQL, with its parameters. Raises BadQuery.

    The table's columns are named without a prefix.
    """
    span = q.All([q.Compare(q.TIME, ">=", start), q.Compare(q.TIME, "<", end)])
    writer = _writer_of(table, dialect)
    texts = [writer.condition(one).text for one in (span, condition)]
    return f"{texts[0]} AND coalesce({texts[1]}, false)", writer.parameters


def keys_out(table: Table, names: Iterable[str]) -> list[str]:
    """Columns as SQL that gives their values as an answer does."""
    writer = _writer_of(table)
    return [writer.out(q.Field(name)).text for name in names]


def _writer_of(table: Table, dialect: Dialect | None = None) -> Writer:
    columns = {"": {column.name: column.type for column in table.all_columns}}
    return Writer(dialect or _dialect, columns, {"": table.name}, seconds=1)


def _fetched(
    cursor: duckdb.DuckDBPyConnection, statement: str, parameters: list[Any]
) -> list[list[Any]]:
    return [list(row) for row in cursor.execute(statement, parameters).fetchall()]


def _as_one(relations: Sequence[str]) -> str:
    """Relations of equal columns as one."""
    if len(relations) == 1:
        return relations[0]
    return f"({' UNION ALL '.join(f'FROM {one}' for one in relations)})"
