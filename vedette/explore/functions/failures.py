"""`failure_rate()`, `failure_count()`: the share or number of those that failed."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, call


def build(given: Arguments) -> Expression:
    """What did not end with ok, cancelled or unknown failed."""
    given.only(0, 0)
    failed = given.counted(given.failed)
    return failed if given.name == "failure_count" else call("divide", failed, given.counted())


FUNCTION = Aggregate(
    names=("failure_rate", "failure_count"),
    takes="",
    help="the share, or the number, of those that failed",
    gives=Gives.SHARE,
    build=build,
    example="failure_rate()",
)
