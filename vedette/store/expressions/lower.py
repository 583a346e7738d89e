"""`lower(text)`: in lower case."""

from __future__ import annotations

from vedette.store.expressions import TEXT, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(value: str | None) -> str | None:
    """The same in Python."""
    return None if value is None else value.lower()


FUNCTION = Function(
    name="lower",
    help="the text in lower case",
    takes=(Parameter(name="of", types=TEXT),),
    gives=always(ColumnType.TEXT),
    duckdb=lambda parts: f"lower({parts[0]})",
    clickhouse=lambda parts: f"lowerUTF8({parts[0]})",
    example=call("lower", Field("text")),
    brute_force=brute_force,
)
