"""`margin()`: how far off a count may be where rows are a sample, as a share of the count."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, Field, call

_DEVIATIONS = 1.96  # 95 of 100 samples lie within so many of them


def build(given: Arguments) -> Expression:
    """95 % of all samples would have counted within so much of what there was.

    The estimate of Horvitz and Thompson for clusters: a trace of n rows of weight w was kept with
    a chance of 1/w as a whole, so the variance of the count is the sum of w(w - 1)n² over traces.
    Nothing where all was kept.
    """
    given.only(0, 0)
    if not given.dataset.weight:
        return call("multiply", call("count"), 0.0)
    surplus = call("surplus", given.weight, Field(given.dataset.cluster))
    deviation = call("power", surplus, 0.5)
    return call("divide", call("multiply", deviation, _DEVIATIONS), given.counted())


FUNCTION = Aggregate(
    names=("margin",),
    takes="",
    help="how far off count() may be where rows are a sample, at 95 %",
    gives=Gives.SHARE,
    build=build,
    example="margin()",
)
