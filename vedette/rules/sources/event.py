"""Error events, one by one."""

from __future__ import annotations

from vedette.own_events import OWN_TYPES
from vedette.rules.sources import Source
from vedette.store.query import Field, Not, OneOf

SOURCE = Source(
    name="event",
    help="errors and messages, one by one",
    noun=("event", "events"),
    table="errors",
    where=Not(OneOf(Field("event_type"), [*OWN_TYPES])),
    measures=("count", "rate", "ratio", "unique", "spike", "edge"),
    edges=("any",),
    keys=("issue",),
)
