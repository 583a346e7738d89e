"""Short forms for declaring tables."""

from __future__ import annotations

from vedette.store.table import Column, ColumnType


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
