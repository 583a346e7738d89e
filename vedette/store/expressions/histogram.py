"""`histogram(number, width, origin)`: the lower end of the bucket that a number falls in."""

from __future__ import annotations

from math import floor

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(value: float | None, width: float, origin: float) -> float | None:
    """The same in Python."""
    return None if value is None else floor((value - origin) / width) * width + origin


FUNCTION = Function(
    name="histogram",
    help="the lower end of the bucket of this width",
    takes=(
        Parameter(name="of", types=NUMBER),
        Parameter(name="width", types=NUMBER, is_constant=True, least=1e-9),
        Parameter(name="origin", types=NUMBER, is_constant=True),
    ),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: (
        f"(floor(({parts[0]} - {parts[2]}) / {parts[1]}::DOUBLE) * {parts[1]}::DOUBLE + {parts[2]})"
    ),
    clickhouse=lambda parts: (
        f"(floor((toFloat64({parts[0]}) - {parts[2]}) / {parts[1]}) * {parts[1]} + {parts[2]})"
    ),
    example=call("histogram", Field("number"), 25, 5),
    brute_force=brute_force,
)
