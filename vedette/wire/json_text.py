"""Parsing JSON as clients write it: what strict parsers refuse is kept where it can be told.

Called where the strict way failed, by the pipeline and by readers of stored events. The
result goes through `vedette.wire.normalise`, which replaces what JSON cannot hold.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

MOST_NESTED = 200
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
# What every parser reads as a whole number.
INTEGERS = range(-(1 << 63), 1 << 64)
_MOST_DIGITS = 20


class OutOfRange(str):
    """A number that no double holds, or `NaN`: its text as it was sent."""

    __slots__ = ()


def is_plain(payload: bytes, *, is_doubtful: bool) -> bool:
    """Whether every reader can hold what a typed decoder skips: texts in UTF-8, numbers.

    `is_doubtful` says that there may be a number out of range.
    """
    try:
        if is_doubtful:
            orjson.loads(payload)
        elif not payload.isascii():
            payload.decode()
    except ValueError:
        return False
    return True


def parse(payload: bytes) -> Any:
    """The JSON value of a payload. Raises ValueError for what is no JSON.

    Beyond JSON, `NaN`, `Infinity`, lone surrogates and bytes that are no UTF-8 are read: the
    numbers and those out of range as `OutOfRange`, bad bytes as lone surrogates. Containers
    more than `MOST_NESTED` deep are null; of equal names the last counts.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        text = payload.decode("utf-8", "surrogateescape")
    try:
        return _parse(text)
    except RecursionError:
        text = _shallow(text)
    try:
        return _parse(text)
    except RecursionError:
        raise ValueError("no JSON: containers that nothing closes") from None


def _parse(text: str) -> Any:
    return json.loads(
        text, parse_float=_float, parse_int=_integer, parse_constant=OutOfRange, strict=False
    )


def _float(text: str) -> float | OutOfRange:
    value = float(text)
    return value if math.isfinite(value) else OutOfRange(text)


def _integer(text: str) -> int | float | OutOfRange:
    if len(text) <= _MOST_DIGITS and (value := int(text)) in INTEGERS:
        return value
    return _float(text)


def _shallow(text: str) -> str:
    """The text with null for each container that lies too deep."""
    pieces: list[str] = []
    depth = start = done = 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in ("[", "{"):
            depth += 1
            if depth == MOST_NESTED + 1:
                start = match.start()
        elif token in ("]", "}"):
            if depth == MOST_NESTED + 1:
                pieces += [text[done:start], "null"]
                done = match.end()
            depth -= 1
    return "".join([*pieces, text[done:]])
