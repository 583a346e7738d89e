"""ClickHouse's words, and the tables it keeps telemetry in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import ClassVar, Literal

from vedette.store import patterns
from vedette.store.dialect import DECIMAL, Bind, Dialect
from vedette.store.table import ColumnType, Table


class ClickHouse(Dialect):
    """Parameters are bound by the server: `{p1:String}` is the first, named `p1`."""

    name: ClassVar[Literal["duckdb", "clickhouse"]] = "clickhouse"
    types: ClassVar[dict[ColumnType, str]] = {
        ColumnType.INT: "Nullable(Int64)",
        ColumnType.FLOAT: "Nullable(Float64)",
        ColumnType.BOOL: "Nullable(Bool)",
        ColumnType.TEXT: "Nullable(String)",
        ColumnType.TIME: "Nullable(DateTime64(6, 'UTC'))",
        ColumnType.UUID: "Nullable(UUID)",
        ColumnType.BLOB: "Nullable(String)",
        ColumnType.TAGS: "Map(String, String)",
    }

    def parameter(self, number: int, value: object) -> str:
        return f"{{p{number}:{_type_of(value)}}}"

    def number(self, literal: str) -> str:
        return f"toFloat64({literal})"

    def time_literal(self, parameter: str) -> str:
        return f"fromUnixTimestamp64Micro(toInt64({parameter}), 'UTC')"

    def time_out(self, expression: str) -> str:
        return f"toUnixTimestamp64Micro({expression})"

    def uuid(self, parameter: str) -> str:
        return f"toUUID({parameter})"

    def uuid_out(self, expression: str) -> str:
        return f"replaceAll(toString({expression}), '-', '')"

    def as_text(self, expression: str) -> str:
        return f"toString({expression})"

    def tag(self, column: str, key: str) -> str:
        return f"if(mapContains({column}, {key}), {column}[{key}], NULL)"

    def number_of(self, text: str) -> str:
        return f"if(match({text}, '^{_escaped(DECIMAL)}$'), toFloat64OrNull({text}), NULL)"

    def any_tag(self, column: str, condition: Callable[[str], str], shortest: int) -> str:
        held = f"length(v) >= {shortest} AND {condition('v')}"
        return f"arrayExists(v -> {held}, mapValues({column}))"

    def differs(self, left: str, right: str) -> str:
        return f"NOT coalesce({left} = {right}, {left} IS NULL AND {right} IS NULL)"

    def one_of(self, left: str, parameter: str) -> str:
        return f"has({parameter}, {left})"

    def matches(self, left: str, pattern: str, bind: Bind) -> str:
        return f"{left} ILIKE {bind(patterns.like(pattern))}"

    def contains(self, left: str, text: str, bind: Bind) -> str:
        if "i" in text.lower() or "İ" in text:  # it pairs İ with no other letter
            left, text = f"replaceAll({left}, 'İ', 'i')", text.replace("İ", "i")
        return f"positionCaseInsensitiveUTF8({left}, {bind(text)}) > 0"

    def explode(self, source: str, columns: str, where: str) -> str:
        return (
            f"(SELECT {columns}, entry.1 AS tag_key, entry.2 AS tag_value FROM "
            f"(SELECT * FROM {source} AS r WHERE {where}) "
            "ARRAY JOIN CAST(tags, 'Array(Tuple(String, String))') AS entry)"
        )

    def limit_by(self, statement: str, columns: list[str], order: str, most: int) -> str:
        return f"SELECT * FROM ({statement}) {order} LIMIT {most} BY {', '.join(columns)}"

    def last_of_each(self, statement: str, by: list[str], order: list[str]) -> str:
        keys = ", ".join(f"{one} DESC NULLS LAST" for one in order)
        return f"{statement} ORDER BY {keys} LIMIT 1 BY {', '.join(by)}"

    def create(self, table: Table) -> str:
        """A table sorted by project and time, in parts by day; nothing in it expires by itself."""
        columns = ", ".join(f"{one.name} {self.types[one.type]}" for one in table.all_columns)
        names = {one.name for one in table.all_columns}
        key = ", ".join(name for name in ("project_id", "timestamp") if name in names)
        return (
            f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}) ENGINE = MergeTree "
            f"PARTITION BY toYYYYMMDD(timestamp) ORDER BY ({key}) SETTINGS allow_nullable_key = 1"
        )

    def delete(self, table: Table, condition: str) -> str:
        """Rows that meet a condition, gone for questions at once and from disk by merges."""
        return f"DELETE FROM {table.name} WHERE {condition}"

    def drop_day(self, table: Table, day: date) -> str:
        """A whole day, whose part is unlinked."""
        return f"ALTER TABLE {table.name} DROP PARTITION {day:%Y%m%d}"


def parameter_text(value: object) -> str:
    """A bound value as ClickHouse's `param_p1=` reads it: its own escaped form."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ",".join(_quoted(item) for item in value) + "]"
    return _escaped(str(value)) if isinstance(value, str) else repr(value)


def _quoted(item: object) -> str:
    if isinstance(item, str):
        return "'" + _escaped(item).replace("'", "\\'") + "'"
    return parameter_text(item)


def _escaped(text: str) -> str:
    for character, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(character, written)
    return text.replace("\0", "\\0")


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "Bool"
    if isinstance(value, int):
        return "Int64"
    if isinstance(value, float):
        return "Float64"
    if isinstance(value, list):
        return f"Array({_type_of(value[0])})"
    return "String"
