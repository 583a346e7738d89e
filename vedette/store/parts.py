"""Large binary values, cut into parts that DuckDB can always write within its memory.

The engine handles 2,048 values of a column at once, so a few hundred large ones are more than
its memory limit. A value above the limit here becomes a reference in its row and a run of
parts in a table beside it, in the same file and the same transaction. A value that looks like
a reference is cut too, so that nothing from outside is ever taken for one.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterable
from itertools import count
from typing import Any

from vedette.store.table import Column, ColumnType, Rows, Table

PARTS = "large_value_parts"
INLINE_BYTES = 16 << 10
_PART_BYTES = 3900  # below the 4,096 from which DuckDB gives a value blocks of its own
_MARK = b"\x00vedette large value\x00"
_REFERENCE = struct.Struct("<qq")  # key, size
REFERENCE_BYTES = len(_MARK) + _REFERENCE.size
_keys = count(time.time_ns())


def parts_of(retention: str) -> Table:
    """The table of parts in the files of a retention class."""
    columns = (
        Column("key", ColumnType.INT),
        Column("part", ColumnType.INT),
        Column("bytes", ColumnType.BLOB),
    )
    return Table(name=PARTS, columns=columns, retention=retention, sort_key=("key", "part"))


def cut(rows: Rows) -> tuple[Rows, Rows | None]:
    """The rows with references for large values, and the parts; the rows as given if none is."""
    large = {
        name: places
        for name in columns_with_parts(rows.table)
        if (places := _large(rows.columns[name]))
    }
    if not large:
        return rows, None
    parts = Rows(parts_of(rows.table.retention))
    columns = dict(rows.columns)
    for name, places in large.items():
        values = columns[name] = list(columns[name])
        for place in places:
            values[place] = _cut_one(values[place], rows, place, parts)
    return Rows(rows.table, columns), parts


def key_of(value: Any) -> int | None:
    """The key of a reference; None for anything else."""
    if isinstance(value, bytes) and len(value) == REFERENCE_BYTES and value.startswith(_MARK):
        key: int = _REFERENCE.unpack_from(value, len(_MARK))[0]
        return key
    return None


def columns_with_parts(table: Table) -> list[str]:
    """The columns whose values may be references."""
    return [column.name for column in table.columns if column.type is ColumnType.BLOB]


def is_reference(column: str) -> str:
    """The condition in SQL that a value is a reference."""
    mark = "".join(f"\\x{byte:02X}" for byte in _MARK)
    return (
        f"octet_length({column}) = {REFERENCE_BYTES} "
        f"AND {column} >= '{mark}'::BLOB AND {column} < '{mark}\\xFF\\xFF'::BLOB"
    )


def put_together(parts: Iterable[tuple[int, bytes]]) -> dict[int, bytes]:
    """The values by key, of their parts in order."""
    found: dict[int, list[bytes]] = {}
    for key, part in parts:
        found.setdefault(key, []).append(part)
    return {key: b"".join(pieces) for key, pieces in found.items()}


def _large(values: list[bytes | None]) -> list[int]:
    return [
        place
        for place, value in enumerate(values)
        if value and (len(value) > INLINE_BYTES or (value[0] == 0 and value.startswith(_MARK)))
    ]


def _cut_one(value: bytes, rows: Rows, place: int, parts: Rows) -> bytes:
    key = next(_keys)
    columns = rows.columns
    for number, start in enumerate(range(0, len(value), _PART_BYTES)):
        parts.add(
            {
                "key": key,
                "part": number,
                "bytes": value[start : start + _PART_BYTES],
                "timestamp": columns["timestamp"][place],
                "writer": columns["writer"][place],
                "position": columns["position"][place],
            }
        )
    return _MARK + _REFERENCE.pack(key, len(value))
