"""DRAWER: one file per aggregate that people may write: `FUNCTION`.

`p95(span.duration)` is a function by its name, and its arguments as they are written. `build`
makes an expression of the store of them; it raises BadQuery, in words, for what cannot be meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from vedette.explore.arguments import Arguments
from vedette.kinds import discover
from vedette.store.query import Expression


class Gives(Enum):
    """What the values of a function are, for showing and comparing them."""

    NUMBER = "number"
    COUNT = "integer"
    SHARE = "percentage"
    RATE = "rate"
    SAME = "same"  # what its field is


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The contract of a function.

    `names` are all that people call it; `takes` is how its arguments are written, for help and
    completion; `example` is a use of it over spans, which its test asks.
    """

    names: tuple[str, ...]
    takes: str
    help: str
    gives: Gives
    build: Callable[[Arguments], Expression]
    example: str


@cache
def aggregates() -> dict[str, Aggregate]:
    """Every function by each of its names."""
    return {
        name: module.FUNCTION for module in discover(__name__) for name in module.FUNCTION.names
    }
