"""`divide(left, right)`: the quotient; null where the right side is zero."""

from __future__ import annotations

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(left: float | None, right: float | None) -> float | None:
    """The same in Python."""
    return None if left is None or not right else left / right


FUNCTION = Function(
    name="divide",
    help="the quotient of two numbers",
    takes=(Parameter(name="left", types=NUMBER), Parameter(name="right", types=NUMBER)),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"({parts[0]}::DOUBLE / nullif({parts[1]}::DOUBLE, 0))",
    clickhouse=lambda parts: f"(toFloat64({parts[0]}) / nullIf(toFloat64({parts[1]}), 0))",
    example=call("divide", Field("number"), Field("whole")),
    brute_force=brute_force,
)
