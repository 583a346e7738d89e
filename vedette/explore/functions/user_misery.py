"""`user_misery(threshold)`: the share of users who waited far too long."""

from __future__ import annotations

from vedette.explore.arguments import THRESHOLD_MS, Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Call, Compare, Constant, Expression, Field, call

# A share of few users says little: these are added, as if seen before.
_MISERABLE, _CONTENT = 5.8875, 111.8625


def build(given: Arguments) -> Expression:
    """Users with at least one that took over four times the threshold, in milliseconds."""
    given.only(0, 1)
    limit = 4 * given.number(0, THRESHOLD_MS)
    user = Field("user_number")
    unhappy = Call("choose", [Compare(given.number_field(9), ">", limit), user, Constant(None)])
    return call(
        "divide",
        call("add", call("distinct", unhappy), _MISERABLE),
        call("add", call("distinct", user), _MISERABLE + _CONTENT),
    )


FUNCTION = Aggregate(
    names=("user_misery",),
    takes="threshold",
    help="the share of users who waited over four times the threshold: user_misery(300)",
    gives=Gives.NUMBER,
    build=build,
    example="user_misery(300)",
)
