"""`avg(field)`: the mean; samples count for as many as they stand for."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Call, Constant, Expression, Present, call


def build(given: Arguments) -> Expression:
    """Weighted where rows are a sample; rows without a value do not count."""
    given.only(0, 1)
    value = given.number_field(0)
    if not given.dataset.weight:
        return call("avg", value)
    weight = Call("choose", [Present(value), given.weight, Constant(None)])
    return call("divide", call("sum", call("multiply", value, given.weight)), call("sum", weight))


FUNCTION = Aggregate(
    names=("avg",),
    takes="field",
    help="the mean: avg(span.duration)",
    gives=Gives.SAME,
    build=build,
    example="avg(span.duration)",
)
