"""`rate(seconds)`: rows per so many seconds, 60 for per minute, over the range or the bucket."""

from __future__ import annotations

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import call
from vedette.store.table import ColumnType


def brute_force(rows: int, per: float, seconds: float) -> float:
    """The same in Python."""
    return rows * per / seconds


FUNCTION = Function(
    name="rate",
    help="rows per second (1) or minute (60)",
    takes=(Parameter(name="seconds", types=NUMBER, is_constant=True, least=1e-9),),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"(count(*) * {parts[0]}::DOUBLE / {parts.seconds}::DOUBLE)",
    clickhouse=lambda parts: f"(count() * toFloat64({parts[0]}) / toFloat64({parts.seconds}))",
    example=call("rate", 60),
    brute_force=brute_force,
    is_aggregate=True,
)
