"""`apdex(threshold)`: the share of those that were quick, those that were bearable by half."""

from __future__ import annotations

from vedette.explore.arguments import THRESHOLD_MS, Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Compare, Expression, call


def build(given: Arguments) -> Expression:
    """Quick within the threshold in milliseconds, bearable within four times of it."""
    given.only(0, 1)
    threshold = given.number(0, THRESHOLD_MS)
    took = given.number_field(9)
    quick = given.counted(Compare(took, "<=", threshold))
    bearable = given.counted(Compare(took, "<=", 4 * threshold))
    return call("divide", call("multiply", call("add", quick, bearable), 0.5), given.counted())


FUNCTION = Aggregate(
    names=("apdex",),
    takes="threshold",
    help="how many are content, from 0 to 1: apdex(300)",
    gives=Gives.NUMBER,
    build=build,
    example="apdex(300)",
)
