"""`count_if(condition)`: how many rows fulfil a condition."""

from __future__ import annotations

from vedette.store.expressions import Function, Parameter, always
from vedette.store.query import Compare, Field, call
from vedette.store.table import ColumnType


def brute_force(values: list[bool]) -> int:
    """The same in Python."""
    return sum(values)


FUNCTION = Function(
    name="count_if",
    help="how many rows fulfil a condition",
    takes=(Parameter(name="condition", is_condition=True),),
    gives=always(ColumnType.INT),
    duckdb=lambda parts: f"count(*) FILTER ({parts[0]})",
    clickhouse=lambda parts: f"countIf(coalesce({parts[0]}, false))",
    example=call("count_if", Compare(Field("number"), ">", 0)),
    brute_force=brute_force,
    is_aggregate=True,
)
