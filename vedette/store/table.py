"""How a table of the store is declared: once, for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from vedette.store.query import Newest


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


class Retention(StrEnum):
    """The retention classes of today; a class is a name, so that a kind may have its own."""

    TELEMETRY = "telemetry"
    KEPT_ITEMS = "kept_items"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column. A long text is compressed for size, which suits texts that are alike."""

    name: str
    type: ColumnType
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its name, columns and retention. Every table has the columns of `SYSTEM` too.

    `timestamp` decides in which day a row lies. `retention` names the class of its rows: a
    word of small letters and underscores; each class has a file per day, which is deleted
    whole. `sort_key` is the order in which rows are written; without one it is by project,
    group and time, as far as the table has them. `updates` says of which rows only the last
    counts, for questions about what they came to.
    """

    name: str
    columns: tuple[Column, ...]
    retention: str = Retention.TELEMETRY
    sort_key: tuple[str, ...] = ()
    updates: Newest | None = None

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The declared columns and those that every table has."""
        return self.columns + SYSTEM

    @property
    def order(self) -> tuple[str, ...]:
        """The columns by which rows are sorted when they are written."""
        if self.sort_key:
            return self.sort_key
        names = {column.name for column in self.all_columns}
        return tuple(name for name in ("project_id", "group_id", "timestamp") if name in names)


SYSTEM = (
    Column("timestamp", ColumnType.TIME),
    Column("writer", ColumnType.TEXT),  # spool writer and position: the row's identity,
    Column("position", ColumnType.INT),  # by which a replay after a crash writes nothing twice
)


@dataclass(slots=True)
class Rows:
    """Rows of one table, by column: what a batch appends. A column that is not given is null."""

    table: Table
    columns: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = max(map(len, self.columns.values()), default=0)
        for column in self.table.all_columns:
            if column.name not in self.columns:
                self.columns[column.name] = [None] * count

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
