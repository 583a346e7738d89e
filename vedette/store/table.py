"""How a table of the store is declared: once, for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class ColumnType(Enum):
    """The types a column may have. Every column may be null."""

    INT = "int"  # signed 64 bits
    FLOAT = "float"
    BOOL = "bool"
    TEXT = "text"
    TIME = "time"  # microseconds since 1970, UTC
    UUID = "uuid"  # given and returned as 32 hex digits
    BLOB = "blob"  # bytes that do not compress any further
    TAGS = "tags"  # list of (key, value) texts


class Retention(Enum):
    """How long the rows of a table live; the days are settings."""

    TELEMETRY = "telemetry"
    KEPT_ITEMS = "kept_items"


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its name, columns and retention. Every table has the columns of `SYSTEM` too.

    `timestamp` decides in which day a row lies.
    """

    name: str
    columns: tuple[Column, ...]
    retention: Retention = Retention.TELEMETRY

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The declared columns and those that every table has."""
        return self.columns + SYSTEM


SYSTEM = (
    Column("timestamp", ColumnType.TIME),
    Column("writer", ColumnType.TEXT),  # spool writer and position: the row's identity,
    Column("position", ColumnType.INT),  # by which a replay after a crash writes nothing twice
)


@dataclass(slots=True)
class Rows:
    """Rows of one table, by column: what a batch appends."""

    table: Table
    columns: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.table.all_columns:
            self.columns.setdefault(column.name, [])

    def __len__(self) -> int:
        return len(self.columns["timestamp"])

    def add(self, row: dict[str, Any]) -> None:
        """Add one row; a column it does not name is null."""
        get = row.get
        for name, values in self.columns.items():
            values.append(get(name))

    def pick(self, indexes: Sequence[int]) -> Rows:
        """The rows at these indexes."""
        picked = {name: [values[i] for i in indexes] for name, values in self.columns.items()}
        return Rows(self.table, picked)
