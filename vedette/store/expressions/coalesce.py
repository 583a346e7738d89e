"""`coalesce(value, ...)`: the first value that is there."""

from __future__ import annotations

from typing import Any

from vedette.store.expressions import ANY, Function, Parameter, same_as
from vedette.store.query import Field, Tag, call


def brute_force(*values: Any) -> Any:
    """The same in Python."""
    return next((value for value in values if value is not None), None)


FUNCTION = Function(
    name="coalesce",
    help="the first of these values that is there",
    takes=(Parameter(name="of", types=ANY),),
    gives=same_as(0),
    duckdb=lambda parts: f"coalesce({', '.join(parts.arguments)})",
    clickhouse=lambda parts: f"coalesce({', '.join(parts.arguments)})",
    example=call("coalesce", Tag("city"), Field("text"), "nowhere"),
    brute_force=brute_force,
    is_variadic=True,
)
