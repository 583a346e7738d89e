"""`sum(number)`: the sum; null without a value."""

from __future__ import annotations

from vedette.store.expressions import NUMBER, Function, Parameter, same_as
from vedette.store.query import Field, call


def brute_force(values: list[float | None]) -> float | None:
    """The same in Python."""
    kept = [value for value in values if value is not None]
    return sum(kept) if kept else None


FUNCTION = Function(
    name="sum",
    help="the sum",
    takes=(Parameter(name="of", types=NUMBER),),
    gives=same_as(0),
    duckdb=lambda parts: f"sum({parts[0]})",
    clickhouse=lambda parts: f"sum({parts[0]})",
    example=call("sum", Field("whole")),
    brute_force=brute_force,
    is_aggregate=True,
)
