"""Error events."""

from __future__ import annotations

from vedette.explore.datasets import Dataset
from vedette.own_events import OWN_TYPES
from vedette.store.query import Field, Not, OneOf

DATASET = Dataset(
    name="errors",
    label="Errors",
    noun=("event", "events"),
    table="errors",
    beside="unstored",
    where=(Not(OneOf(Field("event_type"), [*OWN_TYPES])),),
    aliases=("discover", "error", "events"),
    columns=("title", "project", "environment", "release", "user", "timestamp"),
    identity=("id", "issue"),
    apart="event_id",
    order=10,
)
