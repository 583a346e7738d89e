"""`sum(field)`: the total; samples count for as many as they stand for."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, call


def build(given: Arguments) -> Expression:
    """Weighted where rows are a sample."""
    given.only(0, 1)
    value = given.number_field(0)
    return call("sum", call("multiply", value, given.weight) if given.dataset.weight else value)


FUNCTION = Aggregate(
    names=("sum",),
    takes="field",
    help="the total: sum(span.duration)",
    gives=Gives.SAME,
    build=build,
    example="sum(span.self_time)",
)
