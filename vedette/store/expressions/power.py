"""`power(base, exponent)`: with 0.5 the square root; null where no real number is."""

from __future__ import annotations

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(base: float | None, exponent: float) -> float | None:
    """Of numbers above zero."""
    result: float | None = None if base is None or base <= 0 else float(base**exponent)
    return result


FUNCTION = Function(
    name="power",
    help="a number to a power: 0.5 is the square root",
    takes=(
        Parameter(name="base", types=NUMBER),
        Parameter(name="exponent", types=NUMBER, is_constant=True, least=-10, most=10),
    ),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"CASE WHEN {parts[0]} > 0 THEN pow({parts[0]}::DOUBLE, {parts[1]}) END",
    clickhouse=lambda parts: f"if({parts[0]} > 0, pow(toFloat64({parts[0]}), {parts[1]}), NULL)",
    example=call("power", Field("number"), 0.5),
    brute_force=brute_force,
)
