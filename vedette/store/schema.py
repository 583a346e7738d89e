"""The tables of a day file: made, extended and read back.

Beside the declared tables each file has three of the store's own: `held_positions` (what each
flush reached), `amounts` (rows and bytes by table and project, as changes to add up) and the
parts of large values. Every row carries the number of the flush that wrote it; rows of a
flush that never came to its end are taken out before anyone reads the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import duckdb

from vedette.store.memory import Amounts
from vedette.store.table import ColumnType, Table

HELD = "held_positions"
AMOUNTS = "amounts"
FLUSH = "flush_number"
_DDL = {
    ColumnType.INT: "BIGINT",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.BOOL: "BOOLEAN",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TIME: "TIMESTAMP",
    ColumnType.UUID: "UUID",
    ColumnType.BLOB: "BLOB USING COMPRESSION uncompressed",
    ColumnType.TAGS: "MAP(VARCHAR, VARCHAR)",
}
_LONG = "VARCHAR USING COMPRESSION zstd"
_OWN = (
    f"CREATE TABLE IF NOT EXISTS {{0}}.{HELD} (flush BIGINT, writer VARCHAR, position BIGINT)",
    f"CREATE TABLE IF NOT EXISTS {{0}}.{AMOUNTS} "
    "(table_name VARCHAR, project_id BIGINT, row_count BIGINT, size_bytes BIGINT)",
)


def fingerprint(tables: Iterable[Table]) -> str:
    """Stands for a set of declarations: a file that was declared with it needs no look."""
    words = [
        f"{table.name} {column.name} {column.type.value}"
        for table in sorted(tables, key=lambda one: one.name)
        for column in table.all_columns
    ]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def declare(cursor: duckdb.DuckDBPyConnection, file: str, tables: Iterable[Table]) -> bool:
    """Make what is missing of the tables; returns whether anything was."""
    found = cursor.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ?", [file]
    ).fetchall()
    held: dict[str, set[str]] = {}
    for table_name, column_name in found:
        held.setdefault(table_name, set()).add(column_name)
    changes = [change for table in tables for change in _changes(file, table, held)]
    is_older = bool(held) and HELD not in held
    if HELD not in held:
        changes += [text.format(file) for text in _OWN]
    if not changes:
        return False
    cursor.begin()
    for change in changes:
        cursor.execute(change)
    if is_older:
        _derive(cursor, file, [table for table in tables if table.name in held])
    cursor.commit()
    return True


def read_held(cursor: duckdb.DuckDBPyConnection, file: str) -> tuple[int, dict[str, int]]:
    """The number of the last complete flush, and the highest position of each writer."""
    rows = cursor.execute(
        f"SELECT writer, max(position), max(flush) FROM {file}.{HELD} GROUP BY writer"
    ).fetchall()
    flush = max((number for _, _, number in rows), default=0)
    return flush, {writer: position for writer, position, _ in rows if writer}


def read_amounts(cursor: duckdb.DuckDBPyConnection, file: str) -> Amounts:
    """Rows and bytes by table and project."""
    rows = cursor.execute(
        "SELECT table_name, project_id, sum(row_count)::BIGINT, sum(size_bytes)::BIGINT "
        f"FROM {file}.{AMOUNTS} GROUP BY ALL HAVING sum(row_count) > 0"
    ).fetchall()
    return {(table, project): (count, size) for table, project, count, size in rows}


def write_amounts(cursor: duckdb.DuckDBPyConnection, file: str, amounts: Amounts) -> None:
    """Add changes, within the caller's transaction."""
    values = [(table, project, count, size) for (table, project), (count, size) in amounts.items()]
    for start in range(0, len(values), 500):
        part = values[start : start + 500]
        marks = ", ".join(["(?, ?, ?, ?)"] * len(part))
        flat = [value for row in part for value in row]
        cursor.execute(f"INSERT INTO {file}.{AMOUNTS} VALUES {marks}", flat)


def undo_after(
    cursor: duckdb.DuckDBPyConnection, file: str, tables: Iterable[Table], flush: int
) -> int:
    """Take out what a flush after number `flush` left behind; returns how many rows."""
    removed = 0
    for table in tables:
        (count,) = cursor.execute(
            f"DELETE FROM {file}.{table.name} WHERE {FLUSH} > {flush}"
        ).fetchone() or (0,)
        removed += count
    return removed


def _changes(file: str, table: Table, held: dict[str, set[str]]) -> list[str]:
    relation = f"{file}.{table.name}"
    columns = {
        column.name: _LONG if column.is_long else _DDL[column.type] for column in table.all_columns
    }
    columns[FLUSH] = "BIGINT DEFAULT 0"
    if table.name not in held:
        text = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return [f"CREATE TABLE {relation} ({text})"]
    return [
        f"ALTER TABLE {relation} ADD COLUMN {name} {kind.partition(' USING')[0]}"
        for name, kind in columns.items()
        if name not in held[table.name]
    ]


def _derive(cursor: duckdb.DuckDBPyConnection, file: str, tables: Iterable[Table]) -> None:
    """The own tables of a file that an earlier version wrote, from its rows."""
    for table in tables:
        relation = f"{file}.{table.name}"
        names = {column.name for column in table.all_columns}
        project = "coalesce(project_id, 0)" if "project_id" in names else "0"
        cursor.execute(
            f"INSERT INTO {file}.{HELD} SELECT 0, writer, max(position) FROM {relation} "
            "WHERE writer IS NOT NULL GROUP BY writer"
        )
        cursor.execute(
            f"INSERT INTO {file}.{AMOUNTS} SELECT '{table.name}', {project}, count(*), "
            f"count(*) * 1000 FROM {relation} GROUP BY ALL"
        )
