"""Performance problems that were found in spans."""

from __future__ import annotations

from vedette.explore.datasets import Dataset
from vedette.store.query import Compare, Field

DATASET = Dataset(
    name="problems",
    label="Problems",
    noun=("problem", "problems"),
    table="errors",
    where=(Compare(Field("event_type"), "=", "performance"),),
    aliases=("issuePlatform",),
    columns=("title", "transaction", "project", "release", "user", "timestamp"),
    identity=("id", "issue"),
    apart="event_id",
    order=30,
)
