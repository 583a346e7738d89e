"""Error events, one by one."""

from __future__ import annotations

from vedette.rules.sources import Source
from vedette.store.query import Compare, Field

SOURCE = Source(
    name="event",
    help="errors and messages, one by one",
    noun=("event", "events"),
    table="errors",
    where=Compare(Field("event_type"), "!=", "performance"),
    measures=("count", "rate", "ratio", "unique", "spike", "edge"),
    edges=("any",),
    keys=("issue",),
)
