"""`count_miserable(user,threshold)`: how many users waited far too long."""

from __future__ import annotations

from vedette.explore.arguments import THRESHOLD_MS, Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.errors import BadQuery
from vedette.store.query import Call, Compare, Constant, Expression, Field, call


def build(given: Arguments) -> Expression:
    """Those with at least one that took over four times the threshold, in milliseconds."""
    given.only(1, 2)
    if given.written[0] != "user":
        raise BadQuery("count_miserable() counts users: count_miserable(user,300)")
    limit = 4 * given.number(1, THRESHOLD_MS)
    is_long = Compare(given.number_field(9), ">", limit)
    return call("distinct", Call("choose", [is_long, Field("user_number"), Constant(None)]))


FUNCTION = Aggregate(
    names=("count_miserable",),
    takes="user,threshold",
    help="how many users waited over four times the threshold: count_miserable(user,300)",
    gives=Gives.COUNT,
    build=build,
    example="count_miserable(user,300)",
)
