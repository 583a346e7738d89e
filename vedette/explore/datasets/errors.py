"""Error events."""

from __future__ import annotations

from vedette.explore.datasets import Dataset

DATASET = Dataset(
    name="errors",
    label="Errors",
    noun=("event", "events"),
    table="errors",
    aliases=("discover", "error", "events", "issuePlatform"),
    columns=("title", "project", "environment", "release", "user", "timestamp"),
    identity=("id", "issue"),
    apart="event_id",
    order=10,
)
