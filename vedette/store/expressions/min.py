"""`min(value)`: the smallest value, the earliest time, the first text."""

from __future__ import annotations

from typing import Any

from vedette.store.expressions import ORDERED, Function, Parameter, same_as
from vedette.store.query import Field, call


def brute_force(values: list[Any]) -> Any:
    """The same in Python."""
    kept = [value for value in values if value is not None]
    return min(kept, default=None)


FUNCTION = Function(
    name="min",
    help="the smallest value",
    takes=(Parameter(name="of", types=ORDERED),),
    gives=same_as(0),
    duckdb=lambda parts: f"min({parts[0]})",
    clickhouse=lambda parts: f"min({parts[0]})",
    example=call("min", Field("text")),
    brute_force=brute_force,
    is_aggregate=True,
)
