"""`joined(separator, text, ...)`: texts put together, those that are missing or empty left out."""

from __future__ import annotations

from vedette.store.expressions import TEXT, Function, Parameter, always
from vedette.store.query import Field, Tag, call
from vedette.store.table import ColumnType


def brute_force(separator: str, *texts: str | None) -> str:
    """The same in Python."""
    return separator.join(text for text in texts if text)


FUNCTION = Function(
    name="joined",
    help="texts with a separator between those that are there",
    takes=(
        Parameter(name="separator", types=TEXT, is_constant=True),
        Parameter(name="of", types=TEXT),
    ),
    gives=always(ColumnType.TEXT),
    duckdb=lambda parts: (
        f"concat_ws({parts[0]}, "
        + ", ".join(f"nullif({text}, '')" for text in parts.arguments[1:])
        + ")"
    ),
    clickhouse=lambda parts: (
        "arrayStringConcat(arrayFilter(text -> text != '', ["
        + ", ".join(f"coalesce({text}, '')" for text in parts.arguments[1:])
        + f"]), {parts[0]})"
    ),
    example=call("joined", ": ", Field("text"), Tag("city")),
    brute_force=brute_force,
    is_variadic=True,
)
