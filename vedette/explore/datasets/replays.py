"""Session replays by their segments: what happened within some seconds of a visit."""

from __future__ import annotations

from vedette.explore.datasets import Dataset

DATASET = Dataset(
    name="replays",
    label="Replay segments",
    noun=("segment of a replay", "segments of replays"),
    table="replays",
    columns=("id", "count_clicks", "count_dead_clicks", "count_errors", "project", "timestamp"),
    apart="segment_id",
    order=70,
)
