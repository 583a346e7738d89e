"""One moment of a replay, small: what a list shows of it, and a heat map is drawn over.

Which segments it is made of is asked first, without what they hold; so whoever has it already
need not be sent it again. Lists say when a replay began, so that only its own days are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import xxhash

from vedette.issues.telemetry import ask, kept
from vedette.items._replays import RECORDING, REPLAYS
from vedette.projects.models import Project
from vedette.recordings.stills import Still, still_of
from vedette.replays.bodies import events_of
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id

MOST_READ_BYTES: Final = 6 << 20  # of the segments of one still
MOST_RUN: Final = 40  # segments of which one still is made
MOST_LASTS_MS: Final = 60_000
_MOST_ROWS = 10_000
_AFTER_MS = 1500.0  # the first whole page: a page that scripts put together is there by then
_BODY = ("segment_id", "received", "body", "body_blob")
_BEFORE, _AFTER = timedelta(hours=2), timedelta(hours=6)  # a replay is no longer than two hours
_COLUMNS = (
    *("segment_id", "first_ms", "last_ms", "has_snapshot", "size_bytes", "received"),
    *("video_blob",),
)
Kind = Literal["page", "video", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StillPlace:
    """Where a still is: in a run of segments, or of a video the one in which it begins.

    `tag` differs where what is shown may differ. Times are milliseconds since 1970.
    """

    kind: Kind
    replay_id: str
    period: tuple[datetime, datetime]
    first: int = 0
    last: int = 0
    at_ms: float | None = None
    lasts_ms: float = 0.0
    tag: str = ""


def place_still(
    visible: VisibleProjects,
    project: Project,
    replay_id: str,
    *,
    after_start_ms: int | None,
    lasts_ms: int,
    began_ms: int | None = None,
) -> StillPlace | None:
    """Where the still of a moment is, counted from the beginning of the replay; without one that
    of its first whole page. None where there is no such replay. Raises StoreError.

    `began_ms` is about when it began, in milliseconds since 1970, if that is known.
    """
    wanted = clean_event_id(replay_id)
    if wanted is None:
        return None
    period = _around(began_ms)
    rows = _rows(visible, project, wanted, period)
    if not rows and began_ms is not None:
        period = kept()
        rows = _rows(visible, project, wanted, period)
    if not rows:
        return None
    times = [row["first_ms"] for row in rows if row["first_ms"] is not None]
    at_ms = min(times) + after_start_ms if times and after_start_ms is not None else None
    shown = _video(rows, at_ms) or _run(rows, at_ms, min(lasts_ms, MOST_LASTS_MS))
    kind: Kind = "none"
    if shown:
        kind = "video" if shown[0]["video_blob"] else "page"
    parts = [(row["segment_id"], row["received"]) for row in shown]
    return StillPlace(
        kind=kind,
        replay_id=wanted,
        period=period,
        first=shown[0]["segment_id"] if shown else 0,
        last=shown[-1]["segment_id"] if shown else 0,
        at_ms=at_ms,
        lasts_ms=min(lasts_ms, MOST_LASTS_MS),
        tag=xxhash.xxh3_128_hexdigest(repr((wanted, parts, at_ms, lasts_ms)).encode()),
    )


def read_still(visible: VisibleProjects, project: Project, place: StillPlace) -> Still | None:
    """The still of a page; None without a whole page, or with one too large. Raises StoreError."""
    texts = list(_texts(visible, project, place))
    return still_of(texts, place.at_ms, after_ms=_AFTER_MS, lasts_ms=place.lasts_ms)


def _texts(visible: VisibleProjects, project: Project, place: StillPlace) -> Iterator[bytes]:
    """Segment by segment, until it is more than one still is made of."""
    left = MOST_READ_BYTES
    within = [
        q.Compare(q.Field("segment_id"), ">=", place.first),
        q.Compare(q.Field("segment_id"), "<=", place.last),
    ]
    for row in _asked(visible, project, place.replay_id, place.period, _BODY, within):
        events = events_of(row["body"], row["body_blob"])
        if events is not None:
            left -= len(events)
            yield events
        if left <= 0:
            return


def _around(began_ms: int | None) -> tuple[datetime, datetime]:
    """When a replay that began then can have happened."""
    first, last = kept()
    if began_ms is None:
        return first, last
    began = min(max(datetime.fromtimestamp(began_ms / 1000, UTC), first), last)
    return began - _BEFORE, began + _AFTER


def _rows(
    visible: VisibleProjects, project: Project, replay_id: str, period: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    return _asked(visible, project, replay_id, period, _COLUMNS, [])


def _asked(
    visible: VisibleProjects,
    project: Project,
    replay_id: str,
    period: tuple[datetime, datetime],
    columns: Sequence[str],
    where: Sequence[q.Condition],
) -> list[dict[str, Any]]:
    """Recordings by their numbers. Of one that came twice the last counts: they are few, so that
    is cheaper found here than asked of the store."""
    found = ask(
        visible.only([project.pk]),
        {name: q.Field(name) for name in columns},
        [
            q.Compare(q.Field("replay_id"), "=", replay_id),
            q.Compare(q.Field("part"), "=", RECORDING),
            *where,
        ],
        *period,
        table=REPLAYS.name,
        order_by=[q.Order("segment_id"), q.Order("received")],
        limit=_MOST_ROWS,
    )
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return list({row["segment_id"]: row for row in rows}.values())


def _video(rows: list[dict[str, Any]], at_ms: float | None) -> list[dict[str, Any]]:
    """The segment in whose video the moment is."""
    filmed = [row for row in rows if row["video_blob"]]
    begun = [row for row in filmed if at_ms is not None and (row["first_ms"] or 0) <= at_ms]
    return (begun[-1:] or filmed[:1]) if filmed else []


def _run(rows: list[dict[str, Any]], at_ms: float | None, lasts_ms: int) -> list[dict[str, Any]]:
    """The segments from the last whole page before the moment on; with one that would take too
    much, that of the whole page alone, and none if even that one does."""
    wholes = [at for at, row in enumerate(rows) if row["has_snapshot"]]
    if not wholes:
        return []
    if at_ms is None:
        begin = wholes[0]
        until = float(rows[begin]["first_ms"] or 0) + _AFTER_MS
    else:
        until = at_ms
        begun = [at for at in wholes if (rows[at]["first_ms"] or 0) <= at_ms]
        begin = begun[-1] if begun else wholes[0]
    run = [rows[begin]]
    for row in rows[begin + 1 :]:
        if (row["first_ms"] or 0) > until + lasts_ms:
            break
        run.append(row)
    needed = sum(1 for row in run[1:] if (row["first_ms"] or 0) <= until) + 1
    while len(run) > 1 and (len(run) > MOST_RUN or _size(run) > MOST_READ_BYTES):
        run.pop()
    if _size(run) > MOST_READ_BYTES:
        return []
    return run if len(run) >= needed else run[:1]


def _size(rows: list[dict[str, Any]]) -> int:
    return sum(row["size_bytes"] or 0 for row in rows)
