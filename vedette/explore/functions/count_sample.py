"""`count_sample()`: how many rows are stored, whatever they stand for."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, call


def build(given: Arguments) -> Expression:
    """The rows alone."""
    given.only(0, 1)
    return call("count")


FUNCTION = Aggregate(
    names=("count_sample",),
    takes="",
    help="how many are stored, of those there were",
    gives=Gives.COUNT,
    build=build,
    example="count_sample()",
)
