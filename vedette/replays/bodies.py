"""What a segment holds: its recorded events, or its video, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import zstandard

from vedette.issues import stored
from vedette.issues.telemetry import ask, kept
from vedette.items._replays import RECORDING, REPLAYS
from vedette.projects.models import Project
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id

MOST_AT_ONCE: Final = 50
MOST_BYTES: Final = 4 << 20


def read_events(
    visible: VisibleProjects, project: Project, replay_id: str, segment_id: int
) -> bytes | None:
    """The JSON list of a segment's events; None for one that is missing. Raises StoreError."""
    row = _row(visible, project, replay_id, segment_id, ("body", "body_blob"))
    return events_of(row["body"], row["body_blob"]) if row is not None else None


def read_run(
    visible: VisibleProjects, project: Project, replay_id: str, first: int, last: int
) -> Iterator[tuple[int, bytes]]:
    """The segments of these numbers, as far as they are there, each with its JSON list.

    It ends after `MOST_BYTES`, with the segment that went beyond. Raises StoreError.
    """
    wanted = clean_event_id(replay_id)
    if wanted is None:
        return
    start, end = kept()
    found = ask(
        visible.only([project.pk]),
        {name: q.Field(name) for name in ("segment_id", "body", "body_blob")},
        [
            q.Compare(q.Field("replay_id"), "=", wanted),
            q.Compare(q.Field("segment_id"), ">=", first),
            q.Compare(q.Field("segment_id"), "<=", min(last, first + MOST_AT_ONCE - 1)),
            q.Compare(q.Field("part"), "=", RECORDING),
        ],
        start,
        end,
        table=REPLAYS.name,
        newest=REPLAYS.updates,
        order_by=[q.Order("segment_id")],
        limit=MOST_AT_ONCE,
    )
    size = 0
    for number, body, blob in found:
        events = events_of(body, blob)
        if events is None:
            continue
        yield number, events
        size += len(events)
        if size >= MOST_BYTES:
            return


def events_of(body: bytes | None, blob: str | None) -> bytes | None:
    """The JSON list of a row's events; None where they are gone or cannot be read."""
    held = body if body is not None else stored.blobs().get(blob or "")
    try:
        return stored.codec().restore(held) if held else None
    except zstandard.ZstdError:
        return None


def read_video(
    visible: VisibleProjects, project: Project, replay_id: str, segment_id: int
) -> bytes | None:
    """The bytes of a mobile segment's video; None where there is none. Raises StoreError."""
    row = _row(visible, project, replay_id, segment_id, ("video_blob",))
    return stored.blobs().get(row["video_blob"] or "") if row is not None else None


def _row(
    visible: VisibleProjects,
    project: Project,
    replay_id: str,
    segment_id: int,
    names: tuple[str, ...],
) -> dict[str, Any] | None:
    wanted = clean_event_id(replay_id)
    if wanted is None:
        return None
    start, end = kept()
    found = ask(
        visible.only([project.pk]),
        {name: q.Field(name) for name in names},
        [
            q.Compare(q.Field("replay_id"), "=", wanted),
            q.Compare(q.Field("segment_id"), "=", segment_id),
            q.Compare(q.Field("part"), "=", RECORDING),
        ],
        start,
        end,
        table=REPLAYS.name,
        newest=REPLAYS.updates,
        limit=1,
    )
    return dict(zip(names, found[0], strict=True)) if found else None
