"""What is stored, as filters saw it when it came: newest first, in portions, bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
import zstandard

from vedette.filters._compiled import Filters
from vedette.filters._views import EventView, RowView, View
from vedette.issues import stored, telemetry
from vedette.items.event import ERRORS
from vedette.problems.occurrence import EVENT_TYPE
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.table import ColumnType, Table
from vedette.store.visible import VisibleProjects
from vedette.wire.event import decode_event

MOST_ROWS = 20_000  # of each table
_PORTION = 1000
_LEFT_OUT = ("stack", "remarks", "writer", "position", "links")
_OWN: dict[str, q.Condition] = {
    ERRORS.name: q.Compare(q.Field("event_type"), "!=", EVENT_TYPE),
    SPANS.name: q.Compare(q.Field("is_segment"), "=", True),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of a table, and what filters see of it; None where it cannot be read any more."""

    table: str
    values: dict[str, Any]
    view: View | None

    @property
    def kind(self) -> str:
        """What it was sent as."""
        if self.table == ERRORS.name:
            return "event"
        return "transaction" if self.values["event_id"] else "span"

    def without_body(self) -> Stored:
        """The same of a size that thousands may have."""
        return Stored(self.table, {**self.values, "body": None}, None)


def count(visible: VisibleProjects, table: Table, start: datetime, end: datetime) -> int:
    """How many there are. Raises StoreError."""
    rows = telemetry.ask(
        visible, {"n": q.count()}, [_OWN[table.name]], start, end, table=table.name
    )
    return int(rows[0][0]) if rows else 0


def portions(
    visible: VisibleProjects, table: Table, filters: Filters, start: datetime, end: datetime
) -> Iterator[list[Stored]]:
    """The newest rows of a table, a portion at a time. Raises StoreError."""
    names = _columns(table, is_read=filters.reads(table.name))
    for since, until in _spans(visible, table, start, end):
        rows = telemetry.ask(
            visible,
            {name: q.Field(name) for name in names},
            [_OWN[table.name]],
            since,
            until,
            table=table.name,
            limit=q.MOST_ROWS,
        )
        yield [_stored(table, dict(zip(names, row, strict=True))) for row in rows]


def _columns(table: Table, *, is_read: bool) -> Sequence[str]:
    """All columns where searches read them, else those that views are made of."""
    return [
        one.name
        for one in table.all_columns
        if is_read or one.name not in _LEFT_OUT
        if one.type is not ColumnType.BLOB or one.name == "body"
    ]


def _spans(
    visible: VisibleProjects, table: Table, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Times between which lies a portion each; rows of one moment stay together."""
    found = telemetry.ask(
        visible,
        {"at": q.Field("timestamp")},
        [_OWN[table.name]],
        start,
        end,
        table=table.name,
        order_by=[q.Order("at", True)],
        limit=MOST_ROWS,
    )
    moments = [row[0] for row in found]
    until = end
    for at in (*moments[_PORTION::_PORTION], *moments[-1:]):
        since = telemetry.moment(at)
        if since < until:
            yield since, until
            until = since


def _stored(table: Table, values: dict[str, Any]) -> Stored:
    found = Stored(table.name, values, None)
    if table.name == SPANS.name:
        return replace(found, view=RowView(values, found.kind, lambda: _body(values)))
    try:
        event = decode_event(_body(values))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return found
    view = EventView(event, values["user_ip"] or "", values["user_key"] or "")
    return replace(found, view=view)


def _body(values: Mapping[str, Any]) -> bytes:
    """What the row's body holds; nothing where it is gone."""
    held = values["body"]
    if held is None and values["body_blob"]:
        held = stored.blobs().get(values["body_blob"])
    try:
        return stored.codec().restore(held) if held else b""
    except zstandard.ZstdError:
        return b""
