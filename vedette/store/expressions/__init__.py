"""DRAWER: one file per function of the store's questions.

A function is a module with one name, `FUNCTION`, a `Function`:

- `name`: how calls name it; the file has the same name;
- `help`: one line that says what it gives;
- `takes`: its parameters in order; with `is_variadic` the last may be given any number of times;
- `gives`: the type of its value, from the types of its arguments;
- `duckdb`, `clickhouse`: its SQL in both engines, from the SQL of its arguments;
- `is_aggregate`: whether it makes one value of many rows, nulls passed over;
- `example`: a call over the columns `number`, `whole`, `text`, `moment`, `flag` and tags: its test;
- `brute_force`: the same in Python. It takes one value per argument, an aggregate one list per
  argument that is no constant, nulls included; the test compares both engines with it on
  random rows;
- `tolerance`: the relative error that an approximation may have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from vedette.kinds import discover
from vedette.store.query import Call
from vedette.store.table import ColumnType

Types: TypeAlias = frozenset[ColumnType]

INTEGER: Types = frozenset((ColumnType.INT,))
NUMBER: Types = frozenset((ColumnType.INT, ColumnType.FLOAT))
TEXT: Types = frozenset((ColumnType.TEXT,))
TIME: Types = frozenset((ColumnType.TIME,))
ORDERED: Types = NUMBER | TEXT | TIME
ANY: Types = ORDERED | {ColumnType.UUID, ColumnType.BOOL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What may stand in one place of a call. `least` and `most` bound a constant number."""

    name: str
    types: Types = ANY
    is_constant: bool = False
    is_condition: bool = False
    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a function's SQL is written from.

    Constant numbers are written out, everything else is as its engine computes it.
    `seconds` is the length of the time that one row of the answer stands for.
    """

    arguments: tuple[str, ...]
    seconds: float

    def __getitem__(self, place: int) -> str:
        return self.arguments[place]


Gives: TypeAlias = Callable[[Sequence[ColumnType]], ColumnType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """The contract of a function; see the module's docstring."""

    name: str
    help: str
    takes: tuple[Parameter, ...]
    gives: Gives
    duckdb: Callable[[Parts], str]
    clickhouse: Callable[[Parts], str]
    example: Call
    brute_force: Callable[..., Any]
    is_aggregate: bool = False
    is_variadic: bool = False
    tolerance: float = 0.0

    def parameter(self, place: int) -> Parameter | None:
        """The parameter of an argument; None where there are fewer."""
        if place < len(self.takes):
            return self.takes[place]
        return self.takes[-1] if self.is_variadic else None


def always(type_: ColumnType) -> Gives:
    """The same type whatever the arguments."""
    return lambda types: type_


def same_as(place: int) -> Gives:
    """The type of an argument."""
    return lambda types: types[place]


@cache
def functions() -> dict[str, Function]:
    """Every function by its name."""
    return {module.FUNCTION.name: module.FUNCTION for module in discover(__name__)}
