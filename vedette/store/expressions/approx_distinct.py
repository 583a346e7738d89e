"""`approx_distinct(value)`: about how many different values, in little memory."""

from __future__ import annotations

from typing import Any

from vedette.store.expressions import ANY, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(values: list[Any]) -> int:
    """The same in Python."""
    return len({value for value in values if value is not None})


FUNCTION = Function(
    name="approx_distinct",
    help="about how many different values: quick for very many",
    takes=(Parameter(name="of", types=ANY),),
    gives=always(ColumnType.INT),
    duckdb=lambda parts: f"approx_count_distinct({parts[0]})",
    clickhouse=lambda parts: f"uniq({parts[0]})",
    example=call("approx_distinct", Field("text")),
    brute_force=brute_force,
    is_aggregate=True,
    tolerance=0.15,
)
