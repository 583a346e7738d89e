"""What records of an export look like: columns by name, in their order, with what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]
Portions: TypeAlias = Iterator[list[Record]]


class ExportError(Exception):
    """What was asked for cannot be exported; the text says why, in words for who asked."""


class Holds(Enum):
    """What a column holds. Times are texts in ISO 8601, UTC, as far as microseconds."""

    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    TIME = "time"
    TEXTS = "texts"  # an object of texts by name
    JSON = "json"  # whatever was sent


@dataclass(frozen=True, slots=True)
class Shape:
    """The records of one part of an export: its name, which names the file, and its columns."""

    name: str
    columns: dict[str, Holds]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export: its shape, and where its records come from, read when asked."""

    shape: Shape
    read: Callable[[], Portions]
