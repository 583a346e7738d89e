"""`first_seen()`, `last_seen()`: when it came first and last."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression, Field, call


def build(given: Arguments) -> Expression:
    """A time."""
    given.only(0, 0)
    return call("max" if given.name == "last_seen" else "min", Field("timestamp"))


FUNCTION = Aggregate(
    names=("first_seen", "last_seen"),
    takes="",
    help="when it came first or last",
    gives=Gives.SAME,
    build=build,
    example="last_seen()",
)
