"""`last(value, by)`: the value of the row with the largest `by` of those that have both."""

from __future__ import annotations

from typing import Any

from vedette.store.expressions import ANY, ORDERED, Function, Parameter, same_as
from vedette.store.query import Field, call


def brute_force(values: list[Any], by: list[Any]) -> Any:
    """The same in Python."""
    pairs = [
        (place, value)
        for value, place in zip(values, by, strict=True)
        if value is not None and place is not None
    ]
    return max(pairs)[1] if pairs else None


FUNCTION = Function(
    name="last",
    help="the value of the row with the largest of another",
    takes=(Parameter(name="of", types=ANY), Parameter(name="by", types=ORDERED)),
    gives=same_as(0),
    duckdb=lambda parts: (
        f"arg_max({parts[0]}, row({parts[1]}, {parts[0]}))"
        f" FILTER ({parts[0]} IS NOT NULL AND {parts[1]} IS NOT NULL)"
    ),
    clickhouse=lambda parts: (
        f"argMaxIf({parts[0]}, tuple({parts[1]}, {parts[0]}),"
        f" {parts[0]} IS NOT NULL AND {parts[1]} IS NOT NULL)"
    ),
    example=call("last", Field("text"), Field("whole")),
    brute_force=brute_force,
    is_aggregate=True,
)
