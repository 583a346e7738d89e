"""`bucket(time, seconds, offset)`: the start of the time bucket, in whole seconds."""

from __future__ import annotations

from vedette.store.expressions import INTEGER, TIME, Function, Parameter, always
from vedette.store.query import Field, call
from vedette.store.table import ColumnType


def brute_force(micros: int | None, seconds: int, offset: int) -> int | None:
    """The same in Python."""
    if micros is None:
        return None
    return (micros // 1_000_000 - offset) // seconds * seconds + offset


FUNCTION = Function(
    name="bucket",
    help="the start of the step of time that a row lies in",
    takes=(
        Parameter(name="time", types=TIME),
        Parameter(name="seconds", types=INTEGER, is_constant=True, least=1),
        Parameter(name="offset", types=INTEGER, is_constant=True),
    ),
    gives=always(ColumnType.INT),
    duckdb=lambda parts: (
        f"((epoch_us({parts[0]}) // 1000000 - {parts[2]}) // {parts[1]}) * {parts[1]} + {parts[2]}"
    ),
    clickhouse=lambda parts: (
        f"intDiv(intDiv(toUnixTimestamp64Micro({parts[0]}), 1000000) - {parts[2]}, {parts[1]})"
        f" * {parts[1]} + {parts[2]}"
    ),
    example=call("bucket", Field("moment"), 3600, 1800),
    brute_force=brute_force,
)
