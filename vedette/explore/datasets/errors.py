"""Error events."""

from __future__ import annotations

from vedette.explore.datasets import Dataset
from vedette.store.query import Compare, Field

DATASET = Dataset(
    name="errors",
    label="Errors",
    noun=("event", "events"),
    table="errors",
    where=(Compare(Field("event_type"), "!=", "performance"),),
    aliases=("discover", "error", "events"),
    columns=("title", "project", "environment", "release", "user", "timestamp"),
    identity=("id", "issue"),
    apart="event_id",
    order=10,
)
