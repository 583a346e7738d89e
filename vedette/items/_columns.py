"""Short forms for declaring tables."""

from __future__ import annotations

from vedette.store.table import Column, ColumnType, Table

PERSON = {"id": "user_id", "email": "user_email", "username": "user_username", "ip": "user_ip"}


def text(*names: str) -> tuple[Column, ...]:
    """Text columns."""
    return tuple(Column(name, ColumnType.TEXT) for name in names)


def integer(*names: str) -> tuple[Column, ...]:
    """Integer columns."""
    return tuple(Column(name, ColumnType.INT) for name in names)


def uuid(*names: str) -> tuple[Column, ...]:
    """Columns of 128-bit ids."""
    return tuple(Column(name, ColumnType.UUID) for name in names)


def time(*names: str) -> tuple[Column, ...]:
    """Time columns."""
    return tuple(Column(name, ColumnType.TIME) for name in names)


def blob(*names: str) -> tuple[Column, ...]:
    """Columns of incompressible bytes."""
    return tuple(Column(name, ColumnType.BLOB) for name in names)


def names_blobs(name: str) -> bool:
    """Whether a text column of this name holds names of blobs: `blob`, or any `…_blob`."""
    return name == "blob" or name.endswith("_blob")


def blob_columns(table: Table) -> list[str]:
    """The columns in which rows of a table name blobs."""
    return [
        column.name
        for column in table.columns
        if column.type is ColumnType.TEXT and names_blobs(column.name)
    ]
