"""The parts of a search text as they stand there, before anybody asks what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from vedette.search.tree import Connective


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A `key:value` as written, the value with its quotes and escapes.

    `items` are the values of a list; it `is_ragged` if nothing follows its last comma.
    `place` is where in the text the value has to be found: `contains`, `starts` or `ends`;
    empty for all of it. A filter `is_glued` to a parenthesis that follows it without a space.
    """

    key: str
    value: str
    start: int
    end: int
    is_negated: bool
    operator: str = ""
    place: str = ""
    is_quoted: bool = False
    is_has: bool = False
    is_aggregate: bool = False
    is_key_bare: bool = False
    items: tuple[str, ...] | None = None
    is_ragged: bool = False
    is_glued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText:
    """Words without a key; empty for a pair of quotes around nothing."""

    text: str
    start: int
    end: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parenthesis:
    """What stands within one pair of parentheses."""

    parts: tuple[Shape, ...]
    start: int
    end: int


Shape: TypeAlias = Filter | FreeText | Connective | Parenthesis
