"""The tables of the store as parts of an export: rows as people read them, with what was sent."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import zstandard

from vedette.explore.datasets import Dataset, datasets
from vedette.exporting.rows import Wanted, portions
from vedette.exporting.shapes import ExportError, Holds, Part, Record, Shape
from vedette.issues.shapes import Scope
from vedette.issues.stored import blobs, codec
from vedette.issues.telemetry import in_environments, micros
from vedette.items import tables
from vedette.search import SearchError
from vedette.store import query as q
from vedette.store.table import ColumnType, Table
from vedette.telemetry.exploring import search_in

_HOLDS = {
    ColumnType.INT: Holds.INTEGER,
    ColumnType.FLOAT: Holds.NUMBER,
    ColumnType.BOOL: Holds.TRUTH,
    ColumnType.TEXT: Holds.TEXT,
    ColumnType.TIME: Holds.TIME,
    ColumnType.UUID: Holds.TEXT,
    ColumnType.TAGS: Holds.TEXTS,
}
_BODY, _BODY_BLOB = "body", "body_blob"
_PAYLOAD, _BINARY = "payload", "payload_base64"
_INNER = frozenset({"writer", "position", _BODY, _BODY_BLOB})  # where a row lies, and its body
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def names() -> list[str]:
    """What can be exported of telemetry: the datasets of explorations, and every table."""
    return list(dict.fromkeys([*datasets(), *(table.name for table in tables())]))


def table_names() -> list[str]:
    """Every table: what an export of all has."""
    return [table.name for table in tables()]


def part(name: str, scope: Scope, query: str = "") -> Part:
    """The rows of a dataset or table within a scope. Raises ExportError, and SearchError."""
    dataset = _dataset(name)
    found = search_in(scope, dataset, query)
    if found.having:
        raise SearchError("What groups come to cannot be exported by.", 0, len(query))
    table = _tables()[dataset.table]
    wanted = Wanted(
        table=table,
        visible=scope.visible,
        start=micros(scope.period.start),
        end=micros(scope.period.end),
        where=[*dataset.where, found.where, *_in_environments(table, scope)],
    )
    return Part(shape_of(table, name), lambda: _records(wanted))


def shape_of(table: Table, name: str = "") -> Shape:
    """What the rows of a table look like in an export."""
    held = {
        column.name: _HOLDS[column.type]
        for column in table.all_columns
        if column.name not in _INNER and column.type is not ColumnType.BLOB
    }
    if any(column.name == _BODY for column in table.columns):
        held |= {_PAYLOAD: Holds.JSON, _BINARY: Holds.TEXT}
    return Shape(name or table.name, held)


def time_text(microseconds: int) -> str:
    """A moment of the store in ISO 8601, to the microsecond."""
    seconds, rest = divmod(microseconds, 1_000_000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@cache
def _tables() -> dict[str, Table]:
    return {table.name: table for table in tables()}


def _dataset(name: str) -> Dataset:
    """A dataset, or a table as if it were one: its columns, its search keys, all of its rows."""
    found = datasets().get(name)
    if found is not None:
        return found
    if name not in _tables():
        raise ExportError(f"there is no dataset {name!r}: it is one of {', '.join(names())}")
    return Dataset(name=name, label=name, noun=("row", "rows"), table=name, apart="position")


def _in_environments(table: Table, scope: Scope) -> list[q.Condition]:
    """The condition on the environment where one is chosen; raises ExportError for rows that
    have none."""
    conditions = in_environments(scope)
    if conditions and not any(column.name == "environment" for column in table.columns):
        raise ExportError(f"{table.name} cannot be told apart by environment: choose none")
    return conditions


def _records(wanted: Wanted) -> Iterator[list[Record]]:
    shape = shape_of(wanted.table)
    for rows in portions(wanted):
        yield [_record(row, shape) for row in rows]


def _record(row: dict[str, Any], shape: Shape) -> Record:
    record = {
        name: _value(row.get(name), holds)
        for name, holds in shape.columns.items()
        if holds is not Holds.JSON
    }
    if _PAYLOAD in shape.columns:
        record |= _payload(row)
    return record


def _value(value: Any, holds: Holds) -> Any:
    if value is None:
        return None
    if holds is Holds.TIME:
        return time_text(value)
    return dict(value) if holds is Holds.TEXTS else value


def _payload(row: dict[str, Any]) -> Record:
    """What was sent: JSON on one line, or its bytes where it is none; nothing if it is gone."""
    body = row[_BODY] if row[_BODY] is not None else blobs().get(row[_BODY_BLOB] or "")
    if not body:
        return {_PAYLOAD: None}
    try:
        payload = codec().restore(body)
    except zstandard.ZstdError:
        return {_PAYLOAD: None}
    try:
        return {_PAYLOAD: msgspec.Raw(msgspec.json.format(payload, indent=-1))}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {_PAYLOAD: None, _BINARY: base64.b64encode(payload).decode()}
