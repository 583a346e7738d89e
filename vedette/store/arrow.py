"""Rows as an Arrow table, the form in which DuckDB takes a batch at full speed.

Every value is checked here, when a batch comes in: what became Arrow can be written later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import arro3.core as arro3

from vedette.store.errors import BadRows
from vedette.store.table import Column, ColumnType, Rows

MOST_TEXT_BYTES = 64 << 10  # a vector of the engine holds 2,048 values at once
_MOST_CHARACTER_BYTES = 4
_COMPACT_BYTES = 64 << 10  # what is less is not worth a copy
_TYPES = {
    ColumnType.INT: arro3.DataType.int64(),
    ColumnType.FLOAT: arro3.DataType.float64(),
    ColumnType.BOOL: arro3.DataType.bool(),
    ColumnType.TEXT: arro3.DataType.utf8(),
    ColumnType.TIME: arro3.DataType.timestamp("us"),
    ColumnType.UUID: arro3.DataType.binary(16),
    ColumnType.BLOB: arro3.DataType.binary(),
}
_TEXT = _TYPES[ColumnType.TEXT]
_INT = _TYPES[ColumnType.INT]
_OFFSETS = arro3.DataType.int32()
_UUID = {"ARROW:extension:name": "arrow.uuid"}


def to_arrow(rows: Rows) -> Any:
    """The rows as an arro3 table; tags become a list of key and value structs.

    Raises BadRows for a value that its column cannot take.
    """
    columns = rows.table.all_columns
    arrays = [_column(column, rows.columns[column.name]) for column in columns]
    fields = [
        arro3.Field(
            column.name, array.type, metadata=_UUID if column.type is ColumnType.UUID else None
        )
        for column, array in zip(columns, arrays, strict=True)
    ]
    return arro3.Table.from_arrays(arrays, schema=arro3.Schema(fields))


def joined(tables: Iterable[Any]) -> Any:
    """Tables of equal columns as one, nothing copied."""
    return arro3.Table.from_batches([batch for table in tables for batch in table.to_batches()])


def _column(column: Column, values: list[Any]) -> Any:
    try:
        array = _array(column.type, values)
    except Exception as error:  # arro3 raises a kind of its own, which it does not export
        raise BadRows(f"a value of {column.name} is no {column.type.value}: {error}") from error
    if column.type is ColumnType.TEXT and array.nbytes > MOST_TEXT_BYTES:
        _check_length(column.name, values)
    return _compact(array)


def _compact(array: Any) -> Any:
    """The array without the room it grew into while it was made, up to as much again."""
    if array.nbytes < _COMPACT_BYTES or len(array) < 2:
        return array
    middle = len(array) // 2
    halves = [array.slice(0, middle), array.slice(middle, len(array) - middle)]
    return arro3.ChunkedArray(halves).combine_chunks()


def _array(kind: ColumnType, values: list[Any]) -> Any:
    if kind is ColumnType.TAGS:
        return _tag_array(values)
    if kind is ColumnType.UUID:
        values = [None if value is None else _uuid_bytes(value) for value in values]
    elif kind is ColumnType.TIME:
        return arro3.Array(values, type=_INT).cast(_TYPES[kind])
    return arro3.Array(values, type=_TYPES[kind])


def _uuid_bytes(text: str) -> bytes:
    return bytes.fromhex(text) if len(text) == 32 else UUID(text).bytes


def _check_length(name: str, values: Sequence[str | None]) -> None:
    for value in values:
        if value is not None and len(value.encode()) > MOST_TEXT_BYTES:
            raise BadRows(f"a text of {name} is longer than {MOST_TEXT_BYTES} bytes")


def _tag_array(values: list[list[tuple[str, str]] | None]) -> Any:
    offsets = [0]
    keys: list[str] = []
    texts: list[str] = []
    for pairs in values:
        if pairs:
            unique = dict(pairs)
            keys.extend(unique)
            texts.extend(unique.values())
            if None in unique:
                raise ValueError("a tag without a key")
            if sum(map(len, unique.values())) * _MOST_CHARACTER_BYTES > MOST_TEXT_BYTES:
                _check_length("tags", list(unique.values()))
        offsets.append(len(keys))
    entries = arro3.struct_array(
        [arro3.Array(keys, type=_TEXT), arro3.Array(texts, type=_TEXT)],
        fields=[arro3.Field("key", _TEXT), arro3.Field("value", _TEXT)],
    )
    return arro3.list_array(arro3.Array(offsets, type=_OFFSETS), entries)
