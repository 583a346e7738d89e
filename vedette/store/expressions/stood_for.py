"""`stood_for(beside)`: how many things rows stand for, each for itself and so many more."""

from __future__ import annotations

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(values: list[float | None]) -> int:
    """The same in Python."""
    return len(values) + int(sum(value for value in values if value is not None))


FUNCTION = Function(
    name="stood_for",
    help="how many things rows stand for, each for itself and so many more",
    takes=(Parameter(name="beside", types=NUMBER),),
    gives=always(ColumnType.INT),
    duckdb=lambda parts: f"(count(*) + coalesce(sum({parts[0]}), 0))::BIGINT",
    clickhouse=lambda parts: f"toInt64(count() + coalesce(sum({parts[0]}), 0))",
    example=call("stood_for", Field("whole")),
    brute_force=brute_force,
    is_aggregate=True,
)
