"""`quantile(number, share)`: the value below which a share of the values lies."""

from __future__ import annotations

from math import floor

from vedette.store.expressions import NUMBER, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(values: list[float | None], share: float) -> float | None:
    """Interpolated between the two values around the place."""
    kept = sorted(value for value in values if value is not None)
    if not kept:
        return None
    place = (len(kept) - 1) * share
    low = floor(place)
    high = min(low + 1, len(kept) - 1)
    return kept[low] + (kept[high] - kept[low]) * (place - low)


FUNCTION = Function(
    name="quantile",
    help="the value below which this share of the values lies: 0.95",
    takes=(
        Parameter(name="of", types=NUMBER),
        Parameter(name="share", types=NUMBER, is_constant=True, least=0, most=1),
    ),
    gives=always(ColumnType.FLOAT),
    duckdb=lambda parts: f"quantile_cont({parts[0]}::DOUBLE, {parts[1]})",
    clickhouse=lambda parts: f"quantileExactInclusive({parts[1]})({parts[0]})",
    example=call("quantile", Field("number"), 0.95),
    brute_force=brute_force,
    is_aggregate=True,
)
