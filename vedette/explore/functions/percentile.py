"""`percentile(field,share)`: any percentile."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.errors import BadQuery
from vedette.store.query import Expression, call


def build(given: Arguments) -> Expression:
    """The share is between 0 and 1."""
    given.only(2, 2)
    share = given.number(1)
    if not 0 <= share <= 1:
        raise BadQuery("percentile() needs a share between 0 and 1: percentile(span.duration,0.98)")
    return call("quantile", given.number_field(0), share)


FUNCTION = Aggregate(
    names=("percentile",),
    takes="field,share",
    help="any percentile: percentile(span.duration,0.98)",
    gives=Gives.SAME,
    build=build,
    example="percentile(span.duration,0.98)",
)
