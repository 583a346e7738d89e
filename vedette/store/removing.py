"""Rows of a day file that a change is about: which are there, and taken out with their parts.

All within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import duckdb

from vedette.store import parts
from vedette.store.dayfile import DayFile
from vedette.store.memory import DEAD, Amounts, add_amounts
from vedette.store.questions import keys_out
from vedette.store.table import ColumnType, Rows, Table


def held_of(
    cursor: duckdb.DuckDBPyConnection,
    file: DayFile,
    rows: Rows,
    keys: Sequence[str],
    where: str,
) -> Rows:
    """Those of the rows whose place is there: what was deleted meanwhile stays so."""
    out = ", ".join(keys_out(rows.table, keys))
    found = cursor.execute(f"SELECT {out} FROM {file.name}.{rows.table.name} WHERE {where}")
    held = set(found.fetchall())
    ids = {c.name for c in rows.table.all_columns if c.type is ColumnType.UUID}
    columns = [
        [value and UUID(value).hex for value in rows.columns[key]]
        if key in ids
        else rows.columns[key]
        for key in keys
    ]
    return rows.pick([i for i, key in enumerate(zip(*columns, strict=True)) if key in held])


def remove(
    cursor: duckdb.DuckDBPyConnection,
    file: DayFile,
    table: Table,
    where: str,
    values: list[Any],
    amounts: Amounts,
) -> int:
    """Remove rows with their large values, and note it; returns how many."""
    relation = f"{file.name}.{table.name}"
    names = {column.name for column in table.columns}
    project = "coalesce(project_id, 0)" if "project_id" in names else "0"
    rows = cursor.execute(
        f"SELECT {project}, count(*) FROM {relation} WHERE {where} GROUP BY ALL", values
    ).fetchall()
    if not rows:
        return 0
    _remove_parts(cursor, file, table, where, values)
    cursor.execute(f"DELETE FROM {relation} WHERE {where}", values)
    for project_id, count in rows:
        held_rows, held_bytes = file.amounts.get((table.name, project_id), (0, 0))
        size = held_bytes * count // held_rows if held_rows else 0
        add_amounts(amounts, {(table.name, project_id): (-count, -size), DEAD: (count, size)})
    return sum(count for _, count in rows)


def _remove_parts(
    cursor: duckdb.DuckDBPyConnection,
    file: DayFile,
    table: Table,
    where: str,
    values: list[Any],
) -> None:
    for name in parts.columns_with_parts(table):
        found = cursor.execute(
            f"SELECT {name} FROM {file.name}.{table.name} "
            f"WHERE {where} AND {parts.is_reference(name)}",
            values,
        ).fetchall()
        keys = [key for (value,) in found if (key := parts.key_of(value)) is not None]
        if keys:
            cursor.execute(
                f"DELETE FROM {file.name}.{parts.PARTS} WHERE key IN (SELECT unnest($1))",
                [keys],
            )
