"""The words in which SQL engines differ. `Dialect` speaks DuckDB; ClickHouse overrides it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from vedette.store import patterns
from vedette.store.table import ColumnType, Table

Bind = Callable[[Any], str]
# Longer ones are no number: as one they would be endless, and with them every sum.
DECIMAL = r"-?[0-9]{1,200}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?"


class Dialect:
    """DuckDB. Every method takes and gives SQL text; `bind` makes a parameter of a value."""

    name: ClassVar[Literal["duckdb", "clickhouse"]] = "duckdb"
    types: ClassVar[dict[ColumnType, str]] = {
        ColumnType.INT: "BIGINT",
        ColumnType.FLOAT: "DOUBLE",
        ColumnType.BOOL: "BOOLEAN",
        ColumnType.TEXT: "VARCHAR",
        ColumnType.TIME: "TIMESTAMP",
        ColumnType.UUID: "UUID",
        ColumnType.BLOB: "BLOB",
        ColumnType.TAGS: "MAP(VARCHAR, VARCHAR)",
    }

    def parameter(self, number: int, value: object) -> str:
        """The place of the parameter with this number, from 1, and this value."""
        return f"${number}"

    def null(self, type_: ColumnType) -> str:
        """A null of a type."""
        return f"CAST(NULL AS {self.types[type_]})"

    def number(self, literal: str) -> str:
        """A floating point number."""
        return f"{literal}::DOUBLE"

    def time_literal(self, parameter: str) -> str:
        """A time from microseconds since 1970."""
        return f"make_timestamp({parameter}::BIGINT)"

    def time_out(self, expression: str) -> str:
        """Microseconds since 1970 from a time."""
        return f"epoch_us({expression})"

    def uuid(self, parameter: str) -> str:
        """An id from its 32 hex digits."""
        return f"{parameter}::UUID"

    def uuid_out(self, expression: str) -> str:
        """The 32 hex digits of an id."""
        return f"replace({expression}::VARCHAR, '-', '')"

    def as_text(self, expression: str) -> str:
        """A number or truth as text."""
        return f"{expression}::VARCHAR"

    def tag(self, column: str, key: str) -> str:
        """The value of a key, or null."""
        return f"{column}[{key}]"

    def number_of(self, text: str) -> str:
        """A text as a number, or null if it is none."""
        return (
            f"CASE WHEN regexp_full_match({text}, '{DECIMAL}') THEN TRY_CAST({text} AS DOUBLE) END"
        )

    def any_tag(self, column: str, condition: Callable[[str], str], shortest: int) -> str:
        """Whether the value of any of a row's tags fulfils a condition.

        None that is shorter than `shortest` does: most values are, and need no closer look. They
        are looked at one by one: as one text those of two thousand rows with many long ones are
        more than a question may hold.
        """
        held = f"CASE WHEN strlen(v) >= {shortest} THEN {condition('v')} ELSE false END"
        return f"len(list_filter(map_values({column}), lambda v: {held})) > 0"

    def differs(self, left: str, right: str) -> str:
        """Whether two values are different, null being a value like any other."""
        return f"{left} IS DISTINCT FROM {right}"

    def one_of(self, left: str, parameter: str) -> str:
        """Whether a value is in a list that is one parameter."""
        return f"{left} IN (SELECT unnest({parameter}))"

    def matches(self, left: str, pattern: str, bind: Bind) -> str:
        """A match of the whole text without regard to case, in time linear in the text."""
        return f"{left} ILIKE {bind(patterns.like(pattern))} ESCAPE '\\'"

    def contains(self, left: str, text: str, bind: Bind) -> str:
        """Whether a text holds another, without regard to case."""
        if patterns.is_plain(text):  # the same, and it keeps no small copy of each value
            return f"{left} ILIKE {bind(f'%{text}%')}"
        return f"contains(lower({left}), lower({bind(text)}))"

    def explode(self, source: str, columns: str, where: str) -> str:
        """A relation with one row per tag; `where` is about the rows before that."""
        return (
            f"(SELECT {columns}, entry.key AS tag_key, entry.value AS tag_value FROM "
            f"(SELECT r.*, unnest(map_entries(r.tags)) AS entry FROM {source} AS r WHERE {where}))"
        )

    def limit_by(self, statement: str, columns: list[str], order: str, most: int) -> str:
        """At most so many rows for each combination of columns of a grouped statement."""
        rank = f"row_number() OVER (PARTITION BY {', '.join(columns)} {order})"
        return f"SELECT * FROM ({statement}) QUALIFY {rank} <= {most} {order}"

    def last_of_each(self, statement: str, by: list[str], order: list[str]) -> str:
        """A statement's rows, of those that are equal in `by` the last in this order."""
        keys = ", ".join(f"{one} DESC NULLS LAST" for one in order)
        rank = f"row_number() OVER (PARTITION BY {', '.join(by)} ORDER BY {keys})"
        return f"{statement} QUALIFY {rank} = 1"

    def create(self, table: Table) -> str:
        """The statement that makes a table."""
        columns = ", ".join(f"{one.name} {self.types[one.type]}" for one in table.all_columns)
        return f"CREATE TABLE IF NOT EXISTS {table.name} ({columns})"
