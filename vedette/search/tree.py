"""The typed tree of a search: what `parse` returns and the compilers read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "IN", "NOT IN"]
Scalar: TypeAlias = str | float | bool | datetime
TermValue: TypeAlias = Scalar | tuple[str, ...] | tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One condition: a key, an operator and a value.

    `has:key` is `!=` the empty text, `!has:key` is `=` the empty text. Free text is the key
    `message` with `is_free_text`. An explicit tag keeps its spelling, `tags[name]`. A text
    keeps its backslashes before `*`; `is_wildcard` says that it holds a `*` without one.
    A time without an operator stands as two terms, from and until, at the same place.
    `start` and `end` are offsets in the search text. A `problem` is what the compilers refuse
    the term for: Sentry reads it, but it cannot be what was meant.
    """

    key: str
    operator: Operator
    value: TermValue
    start: int
    end: int
    is_wildcard: bool = False
    is_free_text: bool = False
    is_aggregate: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Connective:
    """An AND or OR as it was written; it may dangle, which only the compilers refuse."""

    word: Literal["AND", "OR"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands within one pair of parentheses."""

    parts: tuple[Part, ...]
    start: int
    end: int


Part: TypeAlias = Term | Connective | Group


@dataclass(frozen=True, slots=True)
class Query:
    """A search in the order it was written. Neighbours without a word between are ANDed."""

    text: str
    parts: tuple[Part, ...]

    def terms(self) -> Iterator[Term]:
        """Every term, in order, also within parentheses."""
        stack = list(reversed(self.parts))
        while stack:
            part = stack.pop()
            if isinstance(part, Group):
                stack.extend(reversed(part.parts))
            elif isinstance(part, Term):
                yield part
