"""`avg(number)`: the arithmetic mean."""

from __future__ import annotations

from math import fsum

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(values: list[float | None]) -> float | None:
    """The same in Python."""
    kept = [value for value in values if value is not None]
    return fsum(kept) / len(kept) if kept else None


FUNCTION = Function(
    name="avg",
    help="the mean",
    takes=(Parameter(name="of", types=NUMBER),),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"avg({parts[0]})",
    clickhouse=lambda parts: f"avg({parts[0]})",
    example=call("avg", Field("number")),
    brute_force=brute_force,
    is_aggregate=True,
)
