"""`subtract(left, right)`: the difference of two numbers; null if either is."""

from __future__ import annotations

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(left: float | None, right: float | None) -> float | None:
    """The same in Python."""
    return None if left is None or right is None else left - right


FUNCTION = Function(
    name="subtract",
    help="the difference of two numbers",
    takes=(Parameter(name="left", types=NUMBER), Parameter(name="right", types=NUMBER)),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"({parts[0]}::DOUBLE - {parts[1]}::DOUBLE)",
    clickhouse=lambda parts: f"(toFloat64({parts[0]}) - toFloat64({parts[1]}))",
    example=call("subtract", Field("number"), Field("whole")),
    brute_force=brute_force,
)
