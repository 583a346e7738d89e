"""`log2(number)`: the binary logarithm; null where no real number is one."""

from __future__ import annotations

from math import log2

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(value: float | None) -> float | None:
    """Of numbers above zero."""
    return None if value is None or value <= 0 else log2(value)


FUNCTION = Function(
    name="log2",
    help="the binary logarithm",
    takes=(Parameter(name="of", types=NUMBER),),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"CASE WHEN {parts[0]} > 0 THEN log2({parts[0]}::DOUBLE) END",
    clickhouse=lambda parts: f"if({parts[0]} > 0, log2(toFloat64({parts[0]})), NULL)",
    example=call("log2", Field("number")),
    brute_force=brute_force,
)
