"""`count_unique(field)`: how many different values."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, Field, call


def build(given: Arguments) -> Expression:
    """Users are counted by their numbers, which takes a quarter of the time of their names."""
    given.only(1, 1)
    if given.written[0] == "user":
        return call("distinct", Field("user_number"))
    return call("distinct", given.field(0))


FUNCTION = Aggregate(
    names=("count_unique",),
    takes="field",
    help="how many different values: count_unique(user)",
    gives=Gives.COUNT,
    build=build,
    example="count_unique(user)",
)
