"""`count()`: how many rows."""

from __future__ import annotations

from vedette.store.expressions import Function, always
from vedette.store.query import call
from vedette.store.table import ColumnType


def brute_force(rows: int) -> int:
    """The same in Python."""
    return rows


FUNCTION = Function(
    name="count",
    help="how many rows",
    takes=(),
    gives=always(ColumnType.INT),
    duckdb=lambda parts: "count(*)",
    clickhouse=lambda parts: "count()",
    example=call("count"),
    brute_force=brute_force,
    is_aggregate=True,
)
