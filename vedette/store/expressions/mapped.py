"""`mapped(number, from, to, ...)`: another number for each that is listed, else null."""

from __future__ import annotations

from vedette.store.errors import BadQuery
from vedette.store.expressions import INTEGER, Function, Parameter, Parts, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(value: int | None, *pairs: int) -> int | None:
    """The first pair that fits."""
    return next(
        (to for source, to in zip(pairs[::2], pairs[1::2], strict=False) if source == value), None
    )


def _pairs(parts: Parts) -> tuple[str, str]:
    """The lists of numbers from and to; the first pair of a number counts."""
    numbers = parts.arguments[1:]
    if len(numbers) % 2:
        raise BadQuery("mapped() takes pairs of numbers")
    pairs = dict(reversed(list(zip(numbers[::2], numbers[1::2], strict=True))))
    return ", ".join(pairs), ", ".join(pairs.values())


def _duckdb(parts: Parts) -> str:
    sources, targets = _pairs(parts)
    return f"map([{sources}], [{targets}])[{parts[0]}]"


def _clickhouse(parts: Parts) -> str:
    sources, targets = _pairs(parts)
    integer = "Nullable(Int64)"
    return (
        f"transform(CAST({parts[0]} AS {integer}), CAST([{sources}] AS Array({integer})), "
        f"CAST([{targets}] AS Array({integer})), CAST(NULL AS {integer}))"
    )


FUNCTION = Function(
    name="mapped",
    help="another number for each that is listed",
    takes=(
        Parameter(name="of", types=INTEGER),
        Parameter(name="from", types=INTEGER, is_constant=True),
        Parameter(name="to", types=INTEGER, is_constant=True),
    ),
    gives=always(ColumnType.INT),
    duckdb=_duckdb,
    clickhouse=_clickhouse,
    example=call("mapped", Field("whole"), 1, 10, 2, 20, -3, 30),
    brute_force=brute_force,
    is_variadic=True,
)
