"""Whole segments out of the store: streamed spans and OpenTelemetry's come in many envelopes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from vedette.problems.segment import Piece, Segment
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.visible import VisibleProjects

MOST_SPANS = 20_000  # of one reading
MOST_TAGGED = 5_000  # of several segments, and those of which the attributes are read
TAGGED_AT_ONCE = 400  # attributes of one may be of 64 kilobytes; more where they are small
CHARACTERS_AT_ONCE = 8 << 20
MOST_CHARACTERS = 32 << 20  # of the attributes of one reading
MOST_OF_TURN = 100_000  # spans that are read for all segments of a turn
AT_ONCE = 125  # segments of one reading
_DAY = 86_400_000_000
_BACK = 3 * _DAY  # what ended earlier when it came is not looked at
_AROUND = 60_000_000
_MOST_DEPTH = 64
_MOST_GROUPS = 20_000  # the largest of them, where a stranger has mixed up traces and segments
_MOST_PROJECTS = 20  # times as many rows are looked at so that each project has its turn
_IDENTITY = ("project_id", "trace_id", "span_id")
_OF_SEGMENT = (
    *("project_id", "trace_id", "span_id", "timestamp", "transaction", "platform", "release"),
    *("dist", "environment", "server_name", "user_id", "user_email", "user_username", "user_ip"),
    *("browser_name", "os_name", "device", "replay_id", "received"),
    "duration",
)
_OF_SPAN = (
    *("project_id", "trace_id", "span_id", "parent_span_id", "segment_id", "is_segment"),
    *("timestamp", "duration", "op", "category", "description", "subject", "action"),
    *("is_failed", "http_status", "platform"),
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

    Where there are more, a sample that has nothing to do with what they are: by span id, in
    turn of each project, so that none takes the place of the others. `now` and `since`, the
    earliest receipt, are microseconds. Raises StoreError.
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
        limit=most * _MOST_PROJECTS,
        limit_by=q.LimitBy(["project_id"], most),
    )
    return _in_turn(store.query(select).dicts(), most)


def _in_turn(rows: Iterable[Row], most: int) -> list[Row]:
    """The first of each project, then the second of each, until there are enough."""
    by_project: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_project[row["project_id"]].append(row)
    rounds = zip_longest(*by_project.values())
    return [row for one in rounds for row in one if row is not None][:most]


def whole(store: Store, rows: Sequence[Row]) -> Iterator[Whole]:
    """The segments with all their spans, those of a day and project together, so that few files
    are read; how many are read at once depends on how many spans they have. The largest are left
    out where a turn would read too many. Raises StoreError."""
    sized = _sized(store, rows)
    left = MOST_OF_TURN
    chosen: list[tuple[int, Row]] = []
    for size, row in sorted(sized, key=lambda one: one[0]):
        left -= size
        if left < 0 and chosen:
            break
        chosen.append((size, row))
    chosen.sort(key=lambda one: (one[1]["timestamp"] // _DAY, one[1]["project_id"]))
    some: list[Row] = []
    total = 0
    for size, row in chosen:
        if some and (len(some) == AT_ONCE or total + size > MOST_TAGGED):
            yield from assembled(some, _spans(store, some))
            some, total = [], 0
        some.append(row)
        total += size
    if some:
        yield from assembled(some, _spans(store, some))


def _sized(store: Store, rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """Each with how many spans would be read for it, at most: its own, those of its trace that
    name no segment, and those that a stranger says belong to another's segment in its trace."""
    if not rows:
        return []
    names = ("project_id", "trace_id", "segment_id")
    columns: dict[str, q.Expression] = {name: q.Field(name) for name in names}
    select = _question(
        rows,
        {**columns, "spans": q.count()},
        group_by=list(names),
        order_by=[q.Order("spans", descending=True)],
        limit=_MOST_GROUPS,
    )
    counts: dict[tuple[int, str, str], int] = {}
    strange: Counter[str] = Counter()
    own = {(row["project_id"], row["trace_id"], row["span_id"]) for row in rows}
    traces = {(project, trace, "") for project, trace, _ in own}
    for one in store.query(select).dicts():
        place = (one["project_id"], one["trace_id"], one["segment_id"] or "")
        if place in own or place in traces:
            counts[place] = int(one["spans"])
        else:
            strange[one["trace_id"]] += int(one["spans"])
    made = []
    for row in rows:
        project, trace = row["project_id"], row["trace_id"]
        size = counts.get((project, trace, row["span_id"]), 0) + counts.get((project, trace, ""), 0)
        made.append((min(size + strange[trace], MOST_SPANS), row))
    return made


def assembled(rows: Sequence[Row], spans: Sequence[Row]) -> Iterator[Whole]:
    """The segments of these rows, made of these spans of their traces."""
    traces: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for span in spans:
        traces[span["project_id"], span["trace_id"]].append(span)
    for key in traces:
        _find_segments(traces[key])
    segments: dict[tuple[int, str, str], list[Row]] = defaultdict(list)
    for span in spans:
        segments[span["project_id"], span["trace_id"], span["segment_id"] or ""].append(span)
    for row in rows:
        mine = segments.get((row["project_id"], row["trace_id"], row["span_id"]), [])
        own = next((one for one in mine if one["span_id"] == row["span_id"]), None)
        if own is None:
            continue
        pieces = [_piece(one) for one in mine if one["span_id"] != row["span_id"]]
        segment = Segment(
            row["transaction"], _piece(own), pieces, platform=row["platform"] or "other"
        )
        yield Whole(segment, row)


def _spans(store: Store, rows: Sequence[Row]) -> list[Row]:
    """The spans of these segments and those of their traces that name none, from the start of
    the first that began."""
    spans = _ask(store, rows, _OF_SPAN, most=MOST_SPANS)
    tags = _tags(store, rows, [span for span in spans if _has_tags(span)])
    for span in spans:
        span["tags"] = tags.get(_identity(span))
    return spans


def _tags(store: Store, rows: Sequence[Row], spans: Sequence[Row]) -> dict[tuple[Any, ...], Any]:
    """The attributes of these spans, those of segments first, as many as fit in memory.

    How many are read at once depends on how long they were so far; nobody can choose their order.
    """
    spans = sorted(spans, key=lambda one: (not one["is_segment"], hash(one["span_id"])))
    wanted = [one["span_id"] for one in spans[:MOST_TAGGED]]
    found: dict[tuple[Any, ...], Any] = {}
    characters, at_once = 1, TAGGED_AT_ONCE
    while wanted and characters < MOST_CHARACTERS:
        some, wanted = wanted[:at_once], wanted[at_once:]
        are_these = q.OneOf(q.Field("span_id"), sorted(set(some)))
        for one in _ask(store, rows, (*_IDENTITY, "tags"), are_these, most=2 * len(some)):
            tags = found[_identity(one)] = one["tags"] or {}
            characters += sum(map(len, tags)) + sum(map(len, tags.values()))
        at_once = max(TAGGED_AT_ONCE, len(found) * CHARACTERS_AT_ONCE // characters)
    return found


def _has_tags(span: Row) -> bool:
    return span["is_segment"] or span["category"] in _WITH_TAGS or span["platform"] in _APPS


def _identity(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _IDENTITY)


def _ask(
    store: Store, rows: Sequence[Row], columns: Sequence[str], *where: q.Condition, most: int
) -> list[Row]:
    asked: dict[str, q.Expression] = {name: q.Field(name) for name in columns}
    return store.query(_question(rows, asked, *where, limit=most)).dicts()


def _question(
    rows: Sequence[Row], columns: dict[str, q.Expression], *where: q.Condition, **rest: Any
) -> q.Select:
    segment, own = q.Field("segment_id"), sorted({row["span_id"] for row in rows})
    return q.Select(
        projects=VisibleProjects.of_system().only({row["project_id"] for row in rows}),
        table=SPANS.name,
        columns=columns,
        where=[
            q.OneOf(q.Field("trace_id"), sorted({row["trace_id"] for row in rows})),
            q.Either([q.OneOf(segment, list[q.Value](own)), q.Not(q.Present(segment))]),
            *where,
        ],
        start=min(_began(row) for row in rows) - _AROUND,
        end=max(row["timestamp"] for row in rows) + _AROUND,
        **rest,
    )


def _began(row: Row) -> int:
    """When a segment began, within the day before its end."""
    return int(row["timestamp"]) - min(round((row["duration"] or 0.0) * 1000), _DAY)


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
