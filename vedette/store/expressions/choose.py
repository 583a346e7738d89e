"""`choose(condition, yes, no)`: one value or another."""

from __future__ import annotations

from typing import Any

from vedette.store.expressions import ANY, Function, Parameter, same_as
from vedette.store.query import Field, Present, call


def brute_force(is_so: bool, yes: Any, no: Any) -> Any:
    """The same in Python."""
    return yes if is_so else no


FUNCTION = Function(
    name="choose",
    help="one value where a condition holds, another where not",
    takes=(
        Parameter(name="condition", is_condition=True),
        Parameter(name="yes", types=ANY),
        Parameter(name="no", types=ANY),
    ),
    gives=same_as(1),
    duckdb=lambda parts: f"CASE WHEN {parts[0]} THEN {parts[1]} ELSE {parts[2]} END",
    clickhouse=lambda parts: f"CASE WHEN {parts[0]} THEN {parts[1]} ELSE {parts[2]} END",
    example=call("choose", Present(Field("text")), Field("text"), "none"),
    brute_force=brute_force,
)
