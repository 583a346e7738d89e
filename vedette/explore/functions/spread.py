"""`min(field)`, `max(field)`: the ends."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, Field, call


def build(given: Arguments) -> Expression:
    """Of numbers, and of the time."""
    given.only(0, 1)
    if given.written[:1] == ("timestamp",):
        return call(given.name, Field("timestamp"))
    return call(given.name, given.number_field(0))


FUNCTION = Aggregate(
    names=("min", "max"),
    takes="field",
    help="the smallest or largest value",
    gives=Gives.SAME,
    build=build,
    example="max(span.duration)",
)
