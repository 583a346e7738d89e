"""The constants of a question: which types they fit, and how a wrong one is refused in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from vedette.store import query as q
from vedette.store.errors import BadQuery
from vedette.store.table import ColumnType

WORDS = {
    ColumnType.INT: "a number",
    ColumnType.FLOAT: "a number",
    ColumnType.BOOL: "true or false",
    ColumnType.TEXT: "a text",
    ColumnType.TIME: "a time",
    ColumnType.UUID: "an id",
    ColumnType.BLOB: "bytes",
    ColumnType.TAGS: "a set of tags",
}
_LATEST = 253_402_300_799 * q.MICROSECONDS  # the end of the year 9999
_HEX = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


def clamped(micros: int) -> int:
    """A time that every engine knows."""
    return min(max(micros, 0), _LATEST)


def check_comparable(left: ColumnType | None, right: ColumnType | None) -> None:
    """Raises BadQuery for types that cannot be compared; null can with any."""
    if left is right or left is None or right is None:
        return
    if not {left, right} <= {ColumnType.INT, ColumnType.FLOAT}:
        raise BadQuery(f"{WORDS[left]} cannot be compared with {WORDS[right]}")


def check_value(type_: ColumnType | None, value: q.Value) -> None:
    """Raises BadQuery for a constant that cannot be compared with a type."""
    if type_ is None or type_ in (ColumnType.TAGS, ColumnType.BLOB):
        raise BadQuery("there is nothing to compare with")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        ColumnType.TEXT: isinstance(value, str),
        ColumnType.BOOL: isinstance(value, bool),
        ColumnType.INT: is_number,
        ColumnType.FLOAT: is_number,
        ColumnType.TIME: isinstance(value, int) and is_number,
        ColumnType.UUID: isinstance(value, str) and _HEX.fullmatch(value) is not None,
    }[type_]
    if not fits:
        raise BadQuery(f"{value!r} cannot be compared with {WORDS[type_]}")


def literal(value: int | float) -> str:
    """A number as SQL writes it. Raises BadQuery for one that no engine knows."""
    if abs(value) >= 1 << 63 or not isfinite(value):  # an integer may be too large for it
        raise BadQuery(f"{value!r} is no number to reckon with")
    return repr(value) if value >= 0 else f"({value!r})"


def names_of(columns: Sequence[str]) -> list[str]:
    """Names of answer columns as SQL writes them. Raises BadQuery for one that is no name."""
    for name in columns:
        if not name.isidentifier() or not name.isascii():
            raise BadQuery(f"{name!r} is no column name")
    return [f'"{name}"' for name in columns]
