"""The parts of a condition, and how each is judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt
from typing import Protocol, cast

from vedette.probing.conditions.errors import Mismatch
from vedette.probing.conditions.operands import NOTHING, NUMBER, Operand, kind_of
from vedette.probing.conditions.patterns import Pattern
from vedette.probing.conditions.seen import Json, Missing, Seen

_MOST_SHOWN = 120
ORDERS: dict[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether it holds; `clause` is the one that decided, as it is written; `subject` what that
    looks at, `found` what was there.
    """

    holds: bool
    clause: str
    subject: str
    found: str

    @property
    def text(self) -> str:
        """The clause with what was found, for people."""
        return f"{self.clause}: {self.found}"


class Node(Protocol):
    """A part of a condition that can be judged."""

    def judge(self, seen: Seen) -> Verdict:
        """Whether it holds. Raises Mismatch."""


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`; what is right is not looked at if left decides."""

    left: Node
    right: Node

    def judge(self, seen: Seen) -> Verdict:
        """The first that does not hold decides."""
        verdict = self.left.judge(seen)
        return self.right.judge(seen) if verdict.holds else verdict


@dataclass(frozen=True, slots=True)
class Either:
    """`left or right`; what is right is not looked at if left decides."""

    left: Node
    right: Node

    def judge(self, seen: Seen) -> Verdict:
        """The first that holds decides."""
        verdict = self.left.judge(seen)
        return verdict if verdict.holds else self.right.judge(seen)


@dataclass(frozen=True, slots=True)
class Not:
    """`not inner`."""

    inner: Node

    def judge(self, seen: Seen) -> Verdict:
        """The other of what the inner one says."""
        verdict = self.inner.judge(seen)
        return replace(verdict, holds=not verdict.holds, clause=f"not {verdict.clause}")


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison, or a truth by itself. What is missing makes it false."""

    written: str
    left: Operand
    test: Callable[[Json, Json], bool]
    right: Operand
    pattern_size: int = 0

    def judge(self, seen: Seen) -> Verdict:
        """Compare what is there."""
        left, right = self.left.value(seen), self.right.value(seen)
        shown = left if self.left.subject else right
        for side in (left, right):
            if isinstance(side, Missing):
                return self._verdict(False, side.words)
        try:
            if self.pattern_size and isinstance(left, str):
                seen.budget.spend(self.pattern_size, left)
            holds = self.test(cast(Json, left), cast(Json, right))
        except Mismatch as mismatch:
            raise Mismatch(f"{self.written}: {mismatch}") from None
        return self._verdict(holds, f"found {show(cast(Json, shown))}")

    def _verdict(self, holds: bool, found: str) -> Verdict:
        subject = self.left.subject or self.right.subject
        return Verdict(holds=holds, clause=self.written, subject=subject, found=found)


def show(value: Json) -> str:
    """A value in a few characters, as conditions write it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        value = value[:_MOST_SHOWN]
    if isinstance(value, list | dict):
        return f"a {kind_of(value)} with {len(value)} entries"
    return json.dumps(value, ensure_ascii=False)


def is_true(left: Json, _: Json) -> bool:
    """The test of an operand that stands by itself."""
    if not isinstance(left, bool):
        raise Mismatch(f"a {kind_of(left)} is neither true nor false")
    return left


def equals(choices: tuple[Json, ...] | None, *, wanted: bool) -> Callable[[Json, Json], bool]:
    """`==` and `!=`, with one value or with one of several."""

    def test(left: Json, right: Json) -> bool:
        return _is_among(left, (right,) if choices is None else choices) is wanted

    return test


def _is_among(value: Json, choices: tuple[Json, ...]) -> bool:
    kind = kind_of(value)
    alike = [one for one in choices if kind_of(one) == kind]
    if alike or kind == NOTHING:
        return value in alike
    if all(one is None for one in choices):
        return False
    kinds = " or ".join(sorted({kind_of(one) for one in choices}))
    raise Mismatch(f"a {kind} ({show(value)}) is compared with a {kinds}")


def ordered(symbol: str) -> Callable[[Json, Json], bool]:
    """`<`, `<=`, `>`, `>=` between numbers; nothing is neither more nor less than a number."""
    compare = ORDERS[symbol]

    def test(left: Json, right: Json) -> bool:
        if left is None or right is None:
            return False
        for side in (left, right):
            if kind_of(side) != NUMBER:
                raise Mismatch(f"a {kind_of(side)} ({show(side)}) is no number")
        return compare(cast(float, left), cast(float, right))

    return test


def holds_one(choices: tuple[Json, ...] | None) -> Callable[[Json, Json], bool]:
    """`contains`: a text that stands in a text, an entry of a list."""

    def test(left: Json, right: Json) -> bool:
        wanted = (right,) if choices is None else choices
        if left is None:
            return False
        if isinstance(left, str) and all(isinstance(one, str) for one in wanted):
            return any(cast(str, one) in left for one in wanted)
        if isinstance(left, list):
            return any(kind_of(one) == kind_of(e) and one == e for one in wanted for e in left)
        raise Mismatch(f"a {kind_of(left)} contains no {kind_of(wanted[0])}")

    return test


def fits(patterns: tuple[Pattern, ...], *, wanted: bool) -> Callable[[Json, Json], bool]:
    """`~` and `!~`: a text that one of the patterns fits, or none."""

    def test(left: Json, _: Json) -> bool:
        if left is None:
            return not wanted
        if not isinstance(left, str):
            raise Mismatch(f"a {kind_of(left)} ({show(left)}) is no text")
        return any(pattern.fits(left) for pattern in patterns) is wanted

    return test
