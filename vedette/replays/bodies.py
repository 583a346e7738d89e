"""What a segment holds: its recorded events, or its video, as bytes."""

from __future__ import annotations

from typing import Any

import zstandard

from vedette.issues import stored
from vedette.issues.telemetry import ask, kept
from vedette.items._replays import RECORDING, REPLAYS
from vedette.projects.models import Project
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import clean_event_id


def read_events(
    visible: VisibleProjects, project: Project, replay_id: str, segment_id: int
) -> bytes | None:
    """The JSON list of a segment's events; None for one that is missing. Raises StoreError."""
    row = _row(visible, project, replay_id, segment_id, ("body", "body_blob"))
    if row is None:
        return None
    held = row["body"] if row["body"] is not None else stored.blobs().get(row["body_blob"] or "")
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
