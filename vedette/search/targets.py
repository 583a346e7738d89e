"""What a term is asked of: a column, a tag, a stack, several at once.

The operators of the drawer speak to a target in three words: equals, one_of, compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from vedette.search.errors import BadValue
from vedette.search.escapes import guarded, literal
from vedette.search.folding import spellings
from vedette.search.tree import Scalar
from vedette.store.query import (
    All,
    Compare,
    Comparison,
    Condition,
    Either,
    Expression,
    Matches,
    Not,
    OneOf,
    Present,
)


class Target(Protocol):
    """What an operator compares. Every method raises BadValue for what can never be."""

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """Whether the row has this value; the empty text means that it has none."""
        ...

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Whether the row has one of these values, taken literally."""
        ...

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Whether the row's value stands so to this one; false for a row without a value."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text column or a tag."""

    name: str
    left: Expression

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """Exact, or by pattern without regard to case."""
        text = str(value)
        if not text:
            return negated(Present(self.left))
        if is_wildcard:
            if not text.strip("*"):
                return Present(self.left)
            found: list[Condition] = [Matches(self.left, one) for one in spellings(text)]
            return found[0] if len(found) == 1 else Either(found)
        return Compare(self.left, "=", literal(text))

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Exact; the empty text among them means a row without a value."""
        texts: list[str | int | float | bool | None] = [literal(str(v)) for v in values if v != ""]
        found: Condition = OneOf(self.left, texts)
        return Either([found, Not(Present(self.left))]) if "" in values else found

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Texts have no order here."""
        raise BadValue(f"{self.name} holds text, which cannot be compared with {comparison}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A column of 128-bit ids, in any spelling; a wildcard matches the 32 digits."""

    name: str
    left: Expression

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """The same id, however it is written."""
        text = str(value)
        if not text:
            return negated(Present(self.left))
        if is_wildcard:
            return Matches(self.left, text.replace("-", ""))
        return Compare(self.left, "=", self._digits(text))

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these ids."""
        return OneOf(self.left, [self._digits(str(value)) for value in values])

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Ids have no order."""
        raise BadValue(f"{self.name} holds ids, which cannot be compared with {comparison}")

    def _digits(self, text: str) -> str:
        digits = hex_id(text)
        if digits is None:
            raise BadValue(f"{text!r} is not an id: {self.name} holds 32 hex digits")
        return digits


@dataclass(frozen=True, slots=True)
class Ordered:
    """A column of numbers or times."""

    name: str
    left: Expression
    stored: Callable[[Scalar], int | float]

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """The same number or moment."""
        if value == "":
            return negated(Present(self.left))
        return Compare(self.left, "=", self._value(value))

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these."""
        return OneOf(self.left, [self._value(value) for value in values])

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """By size, or before and after."""
        return Compare(self.left, comparison, self._value(value))

    def _value(self, value: Scalar) -> int | float:
        try:
            return self.stored(value)
        except (TypeError, ValueError):
            raise BadValue(f"{value!r} is not a value that {self.name} can have") from None


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes or no: the condition under which it is yes, and under which it is known."""

    name: str
    holds: Condition
    known: Condition

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """The condition or its opposite; the empty text means that it is not known."""
        if value == "":
            return negated(self.known)
        return self.holds if value else negated(self.holds)

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these."""
        return Either([self.equals(value, is_wildcard=False) for value in values])

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """Yes and no have no order."""
        raise BadValue(f"{self.name} is true or false, which cannot be compared with {comparison}")


@dataclass(frozen=True, slots=True)
class Matched:
    """Anything that is found by its own rule; the empty text asks whether it is absent."""

    name: str
    present: Condition
    match: Callable[[str], Condition]

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """By the rule, which takes a pattern."""
        text = str(value)
        if not text:
            return negated(self.present)
        return self.match(text if is_wildcard else guarded(literal(text)))

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these by the rule."""
        return Either([self.equals(value, is_wildcard=False) for value in values])

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """What is found by a rule has no order."""
        raise BadValue(f"{self.name} cannot be compared with {comparison}")


@dataclass(frozen=True, slots=True)
class Whichever:
    """A field and the tag of the same name: a row with the value in either is found."""

    targets: tuple[Target, ...]

    def equals(self, value: Scalar, *, is_wildcard: bool) -> Condition:
        """One of them has the value; the empty text means that none has any."""
        found = [one.equals(value, is_wildcard=is_wildcard) for one in self.targets]
        return All(found) if value == "" else Either(found)

    def one_of(self, values: Sequence[Scalar]) -> Condition:
        """Any of these in one of them."""
        some: list[Condition] = []
        named = [value for value in values if value != ""]
        if named:
            some += [one.one_of(named) for one in self.targets]
        if len(named) < len(values):
            some.append(self.equals("", is_wildcard=False))
        return Either(some)

    def compares(self, comparison: Comparison, value: Scalar) -> Condition:
        """By the field's order."""
        return self.targets[0].compares(comparison, value)


def negated(condition: Condition) -> Condition:
    """The opposite; true for rows that lack the value."""
    return condition.of if isinstance(condition, Not) else Not(condition)


def hex_id(text: str) -> str | None:
    """An id in any spelling as 32 lower-case hex digits, or None."""
    digits = text.replace("-", "").lower()
    return digits if _HEX.fullmatch(digits) else None


def number(value: Scalar) -> float:
    """A number as the store keeps it. Raises TypeError for anything else."""
    if not isinstance(value, int | float):
        raise TypeError(value)
    return value


def microseconds(value: Scalar) -> int:
    """A moment as the store keeps it. Raises TypeError for anything else."""
    if not isinstance(value, datetime):
        raise TypeError(value)
    return (value - _EPOCH) // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = re.compile(r"[0-9a-f]{32}")
