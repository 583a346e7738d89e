"""Whole segments out of the store: streamed spans and OpenTelemetry's come in many envelopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from vedette.problems.segment import Piece, Segment
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.visible import VisibleProjects

MOST_SPANS = 20_000  # of one reading
AT_ONCE = 125  # segments of one reading
_DAY = 86_400_000_000
_BACK = 3 * _DAY  # what ended earlier when it came is not looked at
_AROUND = 60_000_000
_MOST_DEPTH = 64
_OF_SEGMENT = (
    *("project_id", "trace_id", "span_id", "timestamp", "transaction", "platform", "release"),
    *("dist", "environment", "server_name", "user_id", "user_email", "user_username", "user_ip"),
    *("browser_name", "os_name", "device", "replay_id", "received"),
)
_OF_SPAN = (
    *("project_id", "trace_id", "span_id", "parent_span_id", "segment_id", "is_segment"),
    *("timestamp", "duration", "op", "category", "description", "subject", "action"),
    *("is_failed", "http_status"),
)
# Attributes are as much as all else together, and nothing is asked of those of a server's queries.
_WITH_TAGS = ("http", "resource", "ui", "file", "json", "serialize", "deserialize", "image")
_APPS = ("java", "cocoa", "objc", "swift", "dart", "csharp", "native", "javascript")
Row = dict[str, Any]


class Whole(NamedTuple):
    """A segment and the columns of its own span."""

    segment: Segment
    row: Row


def arrived(
    store: Store, writer: str, start: int, end: int, *, now: int, since: int, most: int
) -> list[Row]:
    """The segments of a writer's records from one position to the other, at most so many.

    Where there are more, a sample that has nothing to do with what they are: by span id. `now`
    and `since`, the earliest receipt, are microseconds. Raises StoreError.
    """
    position = q.Field("position")
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=SPANS.name,
        columns={name: q.Field(name) for name in _OF_SEGMENT},
        where=[
            q.Compare(q.Field("is_segment"), "=", True),
            q.Compare(q.Field("writer"), "=", writer),
            q.Compare(position, ">=", start),
            q.Compare(position, "<", end),
            q.Compare(q.Field("received"), ">=", since),
            q.Present(q.Field("transaction")),
        ],
        order_by=[q.Order("span_id")],
        start=now - _BACK,
        end=now + _DAY,
        limit=most,
    )
    return store.query(select).dicts()


def whole(store: Store, rows: Sequence[Row]) -> Iterator[Whole]:
    """The segments with all their spans, those of one time together. Raises StoreError."""
    rows = sorted(rows, key=lambda row: (row["timestamp"], row["span_id"]))
    for first in range(0, len(rows), AT_ONCE):
        yield from _read(store, rows[first : first + AT_ONCE])


def _read(store: Store, rows: Sequence[Row]) -> Iterator[Whole]:
    """Fewer at once where their traces are large, so that each is whole."""
    spans = _spans(store, rows)
    if len(spans) == MOST_SPANS and len(rows) > 1:
        half = len(rows) // 2
        yield from _read(store, rows[:half])
        yield from _read(store, rows[half:])
    else:
        yield from assembled(rows, spans)


def assembled(rows: Sequence[Row], spans: Sequence[Row]) -> Iterator[Whole]:
    """The segments of these rows, made of these spans of their traces."""
    traces: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for span in spans:
        traces[span["project_id"], span["trace_id"]].append(span)
    for key in traces:
        _find_segments(traces[key])
    for row in rows:
        mine = traces.get((row["project_id"], row["trace_id"]), [])
        own = next((one for one in mine if one["span_id"] == row["span_id"]), None)
        if own is None:
            continue
        pieces = [
            _piece(one)
            for one in mine
            if one["segment_id"] == row["span_id"] and one["span_id"] != row["span_id"]
        ]
        segment = Segment(
            row["transaction"], _piece(own), pieces, platform=row["platform"] or "other"
        )
        yield Whole(segment, row)


def _spans(store: Store, rows: Sequence[Row]) -> list[Row]:
    """The spans of the traces of these segments, from the start of the first that began."""
    spans = _ask(store, rows, _OF_SPAN)
    has_tags = q.Either(
        [
            q.OneOf(q.Field("category"), list(_WITH_TAGS)),
            q.Compare(q.Field("is_segment"), "=", True),
            q.OneOf(q.Field("platform"), list(_APPS)),
        ]
    )
    tags = {
        (one["trace_id"], one["span_id"]): one["tags"]
        for one in _ask(store, rows, ("trace_id", "span_id", "tags"), has_tags)
    }
    for span in spans:
        span["tags"] = tags.get((span["trace_id"], span["span_id"]))
    return spans


def _ask(
    store: Store, rows: Sequence[Row], columns: Sequence[str], *where: q.Condition
) -> list[Row]:
    select = q.Select(
        projects=VisibleProjects.of_system().only({row["project_id"] for row in rows}),
        table=SPANS.name,
        columns={name: q.Field(name) for name in columns},
        where=[q.OneOf(q.Field("trace_id"), sorted({row["trace_id"] for row in rows})), *where],
        start=min(row["timestamp"] for row in rows) - _DAY // 24,
        end=max(row["timestamp"] for row in rows) + _AROUND,
        limit=MOST_SPANS,
    )
    return store.query(select).dicts()


def _find_segments(spans: Iterable[Row]) -> None:
    """A span that came apart from its segment belongs to the nearest one above it."""
    by_id = {span["span_id"]: span for span in spans}
    for span in by_id.values():
        above: Row | None = span
        for _ in range(_MOST_DEPTH):
            if above is None or above["segment_id"]:
                break
            above = by_id.get(above["parent_span_id"])
        if above is not None:
            span["segment_id"] = above["segment_id"]


def _piece(row: Row) -> Piece:
    return Piece(
        span_id=row["span_id"],
        parent_id=row["parent_span_id"] or "",
        start=row["timestamp"] - round(row["duration"] * 1000),
        end=row["timestamp"],
        op=row["op"] or "",
        category=row["category"] or "",
        description=row["description"] or "",
        subject=row["subject"] or row["description"] or row["op"] or "",
        action=(row["action"] or "").upper(),
        is_failed=bool(row["is_failed"]),
        http_status=row["http_status"] or 0,
        tags=dict(row["tags"] or {}),
    )
