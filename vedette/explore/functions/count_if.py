"""`count_if(field,operator,value)`: how many have a value."""

from __future__ import annotations

from vedette.explore.arguments import Arguments
from vedette.explore.functions import Aggregate, Gives
from vedette.store.query import Expression


def build(given: Arguments) -> Expression:
    """The operators are Sentry's: equals, notEquals, less, greater, …"""
    given.only(3, 3)
    return given.counted(given.condition(0))


FUNCTION = Aggregate(
    names=("count_if",),
    takes="field,operator,value",
    help="how many have a value: count_if(span.op,equals,db)",
    gives=Gives.COUNT,
    build=build,
    example="count_if(span.op,equals,db)",
)
