"""Rows as an Arrow table, the form in which DuckDB takes a batch at full speed."""

from __future__ import annotations

from typing import Any

import arro3.core as arro3

from vedette.store.table import ColumnType, Rows

_TYPES = {
    ColumnType.INT: arro3.DataType.int64(),
    ColumnType.FLOAT: arro3.DataType.float64(),
    ColumnType.BOOL: arro3.DataType.bool(),
    ColumnType.TEXT: arro3.DataType.utf8(),
    ColumnType.TIME: arro3.DataType.int64(),
    ColumnType.UUID: arro3.DataType.utf8(),
    ColumnType.BLOB: arro3.DataType.binary(),
}
_TEXT = _TYPES[ColumnType.TEXT]
_OFFSETS = arro3.DataType.int32()


def to_arrow(rows: Rows) -> Any:
    """The rows as an arro3 table; tags become a list of key and value structs."""
    arrays: dict[str, Any] = {}
    for column in rows.table.all_columns:
        values = rows.columns[column.name]
        if column.type is ColumnType.TAGS:
            arrays[column.name] = _tag_array(values)
        else:
            arrays[column.name] = arro3.Array(values, type=_TYPES[column.type])
    return arro3.Table.from_pydict(arrays)


def _tag_array(values: list[list[tuple[str, str]] | None]) -> Any:
    offsets = [0]
    keys: list[str] = []
    texts: list[str] = []
    for pairs in values:
        if pairs:
            for key, text in pairs:
                keys.append(key)
                texts.append(text)
        offsets.append(len(keys))
    entries = arro3.struct_array(
        [arro3.Array(keys, type=_TEXT), arro3.Array(texts, type=_TEXT)],
        fields=[arro3.Field("key", _TEXT), arro3.Field("value", _TEXT)],
    )
    return arro3.list_array(arro3.Array(offsets, type=_OFFSETS), entries)
