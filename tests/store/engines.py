"""The same rows in DuckDB and in ClickHouse (chDB), asked by the same questions."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from vedette.store import query as q
from vedette.store.clickhouse import ClickHouse, parameter_text
from vedette.store.duck import DuckStore
from vedette.store.query import Answer, Condition, Select
from vedette.store.questions import compiled_condition
from vedette.store.sql import Compiler
from vedette.store.table import Column, ColumnType, Rows, Table

START = 1_767_225_600_000_000  # 2026-01-01 00:00 UTC
HOURS = 6
END = START + HOURS * 3_600_000_000
_COLUMNS = (
    Column("project_id", ColumnType.INT),
    Column("trace_id", ColumnType.UUID),
    Column("moment", ColumnType.TIME),
    Column("number", ColumnType.FLOAT),
    Column("whole", ColumnType.INT),
    Column("flag", ColumnType.BOOL),
    Column("text", ColumnType.TEXT),
    Column("tags", ColumnType.TAGS),
)
THINGS = Table(name="things", columns=_COLUMNS)
PARTS = Table(name="parts", columns=_COLUMNS)
TEXTS = (
    *("", "a", "A", "b", "Äpfel", "äpfel", "日本", "50%_off", "a*b", "C:\\temp", "line\nbreak"),
    *("it's", '"quoted"', "aaaaab", "tab\there", "A\\*b"),
)
NUMBERS = ("12", "-3.5", "1e3", " 7", "0x10", "", "nan", "12abc", "00.50")


class Engine(Protocol):
    """What the tests ask."""

    def query(self, select: Select) -> Answer: ...


class Chdb:
    """ClickHouse in this process, with the tables that the dialect declares."""

    def __init__(self, folder: Path, rows: Iterable[Rows]) -> None:
        from chdb import session

        self._session = session.Session(str(folder))
        self._dialect = ClickHouse()
        self._session.query("CREATE DATABASE IF NOT EXISTS tests ENGINE = Atomic")
        self._session.query("USE tests")
        self._tables: dict[str, Table] = {}
        for held in rows:
            self.add(held)

    def add(self, held: Rows) -> None:
        """A table with these rows."""
        self._tables[held.table.name] = held.table
        self._session.query(self._dialect.create(held.table))
        lines = "\n".join(_json_row(held, index) for index in range(len(held)))
        if lines:
            self._session.query(f"INSERT INTO {held.table.name} FORMAT JSONEachRow {lines}")

    def delete(self, table: Table, condition: Condition, start: int, end: int) -> None:
        """Delete rows as the product's client of ClickHouse would."""
        text, values = compiled_condition(table, condition, start, end, self._dialect)
        named = {f"p{place}": parameter_text(one) for place, one in enumerate(values, start=1)}
        self._session.query(self._dialect.delete(table, text), "CSV", params=named)

    def drop_day(self, table: Table, day: date) -> None:
        """Drop a whole day."""
        self._session.query(self._dialect.drop_day(table, day))

    def query(self, select: Select) -> Answer:
        """Answer a question as the product's client of ClickHouse would."""
        joined = self._tables.get(select.join.table) if select.join else None
        compiler = Compiler(self._tables[select.table], select, self._dialect, joined)
        statement = compiler.statement([select.table], [joined.name] if joined else [])
        parameters = {
            f"p{place}": parameter_text(value)
            for place, value in enumerate(compiler.parameters, start=1)
        }
        settings = " SETTINGS output_format_json_quote_64bit_integers = 0"
        found = self._session.query(statement + settings, "JSONCompact", params=parameters)
        return Answer(compiler.columns, json.loads(found.bytes())["data"])

    def close(self) -> None:
        """Let go of the engine; there can be one in a process."""
        self._session.close()


def random_rows(table: Table, seed: int, number: int) -> Rows:
    """Rows with nulls, ties, negative numbers and texts of every kind."""
    chance = random.Random(seed)
    rows = Rows(table)
    for position in range(number):
        at = START + chance.randrange(HOURS * 3600 * 4) * 250_000
        tags = [("city", chance.choice(TEXTS)), ("size", chance.choice(NUMBERS)), ("x", "1")]
        rows.add(
            {
                "project_id": chance.choice((1, 1, 2, 3)),
                "trace_id": _maybe(chance, f"{chance.randrange(8):032x}"),
                "moment": _maybe(chance, at),
                "number": _maybe(chance, round(chance.uniform(-60, 60), 3)),
                "whole": _maybe(chance, chance.randrange(-5, 6)),
                "flag": _maybe(chance, chance.random() < 0.5),
                "text": _maybe(chance, chance.choice(TEXTS)),
                "tags": chance.sample(tags, chance.randrange(4)),
                "timestamp": at,
                "writer": "w",
                "position": position,
            }
        )
    return rows


def as_dicts(rows: Rows) -> list[dict[str, Any]]:
    """The rows one by one."""
    names = list(rows.columns)
    return [
        dict(zip(names, values, strict=True)) for values in zip(*rows.columns.values(), strict=True)
    ]


def open_duck(folder: Path, rows: Sequence[Rows]) -> DuckStore:
    """The embedded store with the rows."""
    store = DuckStore(folder, [held.table for held in rows], memory_bytes=256 << 20, threads=1)
    store.append([held for held in rows if len(held)], writer="w", end=1 << 30)
    return store


def open_widened(folder: Path, rows: Sequence[Rows]) -> DuckStore:
    """The embedded store with the rows: a part is written before the tags have columns, a part
    after that, and a part waits in memory.
    """
    store = DuckStore(
        folder, [h.table for h in rows], memory_bytes=256 << 20, threads=1, flush_seconds=3600.0
    )
    most = max(map(len, rows))
    for part in range(4):
        start, end = part * most // 4, (part + 1) * most // 4
        found = [held.pick(range(start, min(end, len(held)))) for held in rows]
        store.append([held for held in found if len(held)], writer="w", end=end)
        if part < 3:
            store.flush()
    return store


def _maybe(chance: random.Random, found: Any) -> Any:
    return None if chance.random() < 0.2 else found


def _json_row(rows: Rows, index: int) -> str:
    made: dict[str, Any] = {}
    for column in rows.table.all_columns:
        value = rows.columns[column.name][index]
        if column.type is ColumnType.TAGS:
            value = dict(value or [])
        elif column.type is ColumnType.TIME and value is not None:
            value = value / q.MICROSECONDS
        elif column.type is ColumnType.UUID and value is not None:
            value = f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
        made[column.name] = value
    return json.dumps(made)
