"""One replay: its segments with their gaps, the marks of its timeline, the errors within it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from vedette import clock
from vedette.issues.categories import IS_ERROR
from vedette.issues.models import Issue, IssueKey
from vedette.issues.telemetry import ask, kept, moment
from vedette.items._replays import EVENT, RECORDING, REPLAYS
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.recordings.marks import Mark, decode_marks, most_telling
from vedette.replays.reading import find_row
from vedette.replays.rows import ReplayRow
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id

MOST_ERRORS: Final = 200
MOST_MARK_BYTES: Final = 8 << 20  # of a replay; an hour in which much happens has a fourth
MOST_MARKS: Final = 50_000  # of one that has more
_MOST_ROWS = 20_000
_STILL_RECORDED = timedelta(minutes=15)  # after so long without a sign an SDK begins another
_COLUMNS = (
    *("segment_id", "part", "timestamp", "first_ms", "last_ms", "events", "size_bytes", "marks"),
    *("has_snapshot", "mutations", "error_ids", "trace_ids", "video_blob", "tags"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment. Of one that is missing nothing is known but its number; times are
    milliseconds since 1970 as the client has them."""

    id: int
    first_ms: int | None = None
    last_ms: int | None = None
    events: int = 0
    mutations: int = 0
    size_bytes: int = 0
    has_snapshot: bool = False
    is_missing: bool = False
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayError:
    """An error within a replay."""

    event_id: str
    issue: Issue | None
    title: str
    ms: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Replay:
    """One replay of a project, as far as it has come."""

    row: ReplayRow
    project: Project
    segments: list[Segment]
    errors: list[ReplayError]
    trace_ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    has_video: bool = False

    @cached_property
    def started_ms(self) -> int:
        """When it began: the first that was recorded."""
        times = [one.first_ms for one in self.segments if one.first_ms is not None]
        return min(times, default=round(self.row.started.timestamp() * 1000))

    @cached_property
    def finished_ms(self) -> int:
        """When it ended, as far as is known."""
        times = [one.last_ms for one in self.segments if one.last_ms is not None]
        last = max(times, default=round(self.row.finished.timestamp() * 1000))
        return max(last, self.started_ms)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is to be expected."""
        return clock.now() - self.row.finished > _STILL_RECORDED


def find_replay(visible: VisibleProjects, project: Project, replay_id: str) -> Replay | None:
    """A replay of a project by its id, in any spelling; None where there is none to be seen.

    Raises StoreError.
    """
    wanted = clean_event_id(replay_id)
    visible = visible.only([project.pk])
    row = find_row(visible, wanted) if wanted else None
    if wanted is None or row is None:
        return None
    rows = _rows(visible, wanted)
    said = [one for one in rows if one["part"] == EVENT]
    error_ids = _words(said, "error_ids")
    return Replay(
        row=row,
        project=project,
        segments=_segments(rows),
        errors=_errors(visible, wanted, error_ids),
        trace_ids=_words(said, "trace_ids"),
        tags=_tags(said),
        has_video=any(one["video_blob"] for one in rows),
    )


def _rows(visible: VisibleProjects, replay_id: str) -> list[dict[str, Any]]:
    start, end = kept()
    found = ask(
        visible,
        {name: q.Field(name) for name in _COLUMNS},
        [q.Compare(q.Field("replay_id"), "=", replay_id)],
        start,
        end,
        table=REPLAYS.name,
        newest=REPLAYS.updates,
        order_by=[q.Order("segment_id"), q.Order("timestamp")],
        limit=_MOST_ROWS,
    )
    return [dict(zip(_COLUMNS, row, strict=True)) for row in found]


def _segments(rows: list[dict[str, Any]]) -> list[Segment]:
    """Every segment up to the last that anything is known of; those without recording miss.

    Of a replay with more marks than anybody could look at, each keeps those that tell most.
    """
    recorded = {row["segment_id"]: row for row in rows if row["part"] == RECORDING}
    last = max((row["segment_id"] for row in rows), default=-1)
    held = sum(len(row["marks"] or "") for row in recorded.values())
    most = MOST_MARKS if held <= MOST_MARK_BYTES else max(5, MOST_MARKS // len(recorded))
    return [
        _segment(recorded[number], most)
        if number in recorded
        else Segment(id=number, is_missing=True)
        for number in range(last + 1)
    ]  # fmt: skip


def _segment(row: dict[str, Any], most_marks: int) -> Segment:
    return Segment(
        id=row["segment_id"],
        first_ms=row["first_ms"],
        last_ms=row["last_ms"],
        events=row["events"] or 0,
        mutations=row["mutations"] or 0,
        size_bytes=row["size_bytes"] or 0,
        has_snapshot=bool(row["has_snapshot"]),
        marks=tuple(most_telling(decode_marks(row["marks"] or ""), most_marks)),
    )


def _errors(visible: VisibleProjects, replay_id: str, ids: list[str]) -> list[ReplayError]:
    """The errors that name the replay, and those that the replay names, in order."""
    names = ("event_id", "group_id", "type", "value", "message", "timestamp", "url")
    either = q.Either(
        [
            q.Compare(q.Field("replay_id"), "=", replay_id),
            q.OneOf(q.Field("event_id"), list[q.Value](ids)),
        ]
    )
    start, end = kept()
    found = ask(
        visible,
        {name: q.Field(name) for name in names},
        [either, IS_ERROR],
        start,
        end,
        table=ERRORS.name,
        order_by=[q.Order("timestamp"), q.Order("event_id")],
        limit=MOST_ERRORS,
    )
    rows = [dict(zip(names, row, strict=True)) for row in found]
    keys = IssueKey.objects.filter(
        project__in=list(visible), group_id__in={row["group_id"] for row in rows}
    )
    issues = {key.group_id: key.issue for key in keys.select_related("issue__project")}
    return [
        ReplayError(
            event_id=row["event_id"],
            issue=issues.get(row["group_id"]),
            title=": ".join(one for one in (row["type"], row["value"] or row["message"]) if one),
            ms=round(moment(row["timestamp"]).timestamp() * 1000),
            url=row["url"] or "",
        )
        for row in rows
    ]


def _words(rows: list[dict[str, Any]], column: str) -> list[str]:
    return list(dict.fromkeys(word for row in rows for word in (row[column] or "").split()))


def _tags(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the replay was tagged with, by key; what was said last holds."""
    return sorted(
        {key: one for row in rows for key, one in dict(row["tags"] or {}).items()}.items()
    )
