"""`distinct(value)`: how many different values, exactly."""

from __future__ import annotations

from typing import Any

from vedette.store.expressions import ANY, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(values: list[Any]) -> int:
    """The same in Python."""
    return len({value for value in values if value is not None})


FUNCTION = Function(
    name="distinct",
    help="how many different values",
    takes=(Parameter(name="of", types=ANY),),
    gives=always(ColumnType.INT),
    duckdb=lambda parts: f"count(DISTINCT {parts[0]})",
    clickhouse=lambda parts: f"uniqExact({parts[0]})",
    example=call("distinct", Field("text")),
    brute_force=brute_force,
    is_aggregate=True,
)
