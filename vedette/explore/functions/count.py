"""`count()`: how many; samples count for as many as they stand for."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression


def build(given: Arguments) -> Expression:
    """Any argument is the field that must be there in Sentry's newer spelling: all rows have it."""
    given.only(0, 1)
    return given.counted()


FUNCTION = Aggregate(
    names=("count",),
    takes="",
    help="how many",
    gives=Gives.COUNT,
    build=build,
    example="count()",
)
