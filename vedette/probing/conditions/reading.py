"""Text to condition: a parser by descent. Raises BadCondition with the place.

Monitors share most of what is written, so what was compiled is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from vedette.probing.conditions import operands
from vedette.probing.conditions.errors import BadCondition
from vedette.probing.conditions.operands import ANYTHING, NOTHING, NUMBER, TEXT, TRUTH, Operand
from vedette.probing.conditions.seen import Json, Missing, Seen
from vedette.probing.conditions.sides import Sides
from vedette.probing.conditions.tokens import Token
from vedette.probing.conditions.tree import (
    ORDERS,
    Both,
    Clause,
    Either,
    Node,
    Not,
    Verdict,
    equals,
    fits,
    holds_one,
    is_true,
    ordered,
)

MOST_OPERATIONS = 16
MOST_GAS = 100
_MOST_NESTED = 16
EVERYTHING = frozenset({"status", "time", "header", "body", "document", "cert"})
_COMPARISONS = frozenset({"==", "!=", "~", "!~", "contains", *ORDERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`needs` are the parts of an answer that it looks at; `gas` the most that judging costs, but
    for its patterns: those take `pattern_size` steps for each byte that they look at.
    """

    written: str
    needs: frozenset[str]
    operations: int
    gas: int
    pattern_size: int
    root: Node

    def judge(self, seen: Seen) -> Verdict:
        """Whether it holds of this. Raises Mismatch."""
        return self.root.judge(seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of what is seen."""

    written: str
    needs: frozenset[str]
    operand: Operand

    def of(self, seen: Seen) -> float | None:
        """The figure; truths are 0 and 1; None if there is none that can be kept. Raises
        Mismatch.
        """
        value = self.operand.value(seen)
        if isinstance(value, Missing) or not isinstance(value, int | float):
            return None
        try:
            figure = float(value)
        except OverflowError:
            return None
        return figure if math.isfinite(figure) else None


@lru_cache(4096)
def compile_condition(text: str, knows: frozenset[str] = EVERYTHING) -> Condition:
    """The condition that is written. `knows` are the parts that an answer has here."""
    reader = _Reader(text, knows)
    root = reader.read_either(0)
    reader.expect_end()
    if reader.operations > MOST_OPERATIONS:
        words = f"a condition has at most {MOST_OPERATIONS} operations, not {reader.operations}"
        raise BadCondition(words, 0)
    if reader.gas > MOST_GAS:
        raise BadCondition(f"a condition has at most {MOST_GAS} steps, not {reader.gas}", 0)
    return Condition(
        written=text.strip(),
        needs=frozenset(reader.needs),
        operations=reader.operations,
        gas=reader.gas,
        pattern_size=reader.pattern_size,
        root=root,
    )


@lru_cache(1024)
def compile_measure(text: str, knows: frozenset[str] = EVERYTHING) -> Measure:
    """A figure to be kept: `$.sessions`, `len($.queues)`. Raises BadCondition."""
    reader = _Reader(text, knows)
    operand = reader.read_operand()
    reader.expect_end()
    if not operand.subject or operand.kind == TEXT:
        raise BadCondition("this is no figure", 0)
    if reader.gas > MOST_GAS:
        raise BadCondition(f"a figure has at most {MOST_GAS} steps", 0)
    return Measure(written=text.strip(), needs=frozenset(reader.needs), operand=operand)


class _Reader(Sides):
    """Puts sides together to comparisons, and those to a condition."""

    def read_either(self, depth: int) -> Node:
        """One or the other."""
        node = self.read_both(depth)
        while self.take("or"):
            self.spend(1, 1)
            node = Either(node, self.read_both(depth))
        return node

    def read_both(self, depth: int) -> Node:
        """One and the other."""
        node = self.read_not(depth)
        while self.take("and"):
            self.spend(1, 1)
            node = Both(node, self.read_not(depth))
        return node

    def read_not(self, depth: int) -> Node:
        """A clause, its opposite, or what stands in parentheses."""
        if depth > _MOST_NESTED:
            raise BadCondition("this is nested too deeply", self.token.start)
        if self.take("not"):
            self.spend(1, 1)
            return Not(self.read_not(depth + 1))
        if self.take("("):
            node = self.read_either(depth + 1)
            self.expect(")")
            return node
        return self._read_clause()

    def _read_clause(self) -> Node:
        first, before = self.token, self.pattern_size
        left = self.read_operand()
        symbol = self.token
        if symbol.text not in _COMPARISONS or symbol.kind in ("text", "regular"):
            return self._truth(left, first)
        self.next()
        self.spend(1, 1)
        if symbol.text in ("~", "!~"):
            self._check_kind(left, TEXT, first)
            patterns = self.read_patterns()
            test = fits(patterns, wanted=symbol.text == "~")
            right = operands.literal(None)
        else:
            at = self.token
            right = self.read_operand(beside=left)
            test = self._test(symbol, left, right, at)
        if not left.subject and not right.subject:
            raise BadCondition("this looks at nothing of the answer", first.start)
        size = self.pattern_size - before
        return Clause(self.since(first), left, test, right, size)

    def _truth(self, left: Operand, first: Token) -> Node:
        if not left.subject or left.kind not in (TRUTH, ANYTHING):
            expected = "expected a comparison such as == or <"
            raise BadCondition(expected, self.token.start)
        self.spend(1, 1)
        return Clause(self.since(first), left, is_true, operands.literal(None))

    def _test(
        self, symbol: Token, left: Operand, right: Operand, at: Token
    ) -> Callable[[Json, Json], bool]:
        if left.options is not None:
            raise BadCondition("any(…) stands to the right of a comparison", symbol.start)
        if symbol.text in ORDERS:
            self._check_kind(left, NUMBER, symbol)
            self._check_kind(right, NUMBER, at)
            if right.options is not None:
                raise BadCondition("any(…) goes with == and contains", at.start)
            return ordered(symbol.text)
        if symbol.text == "contains":
            if left.kind == TEXT:
                self._check_kind(right, TEXT, at)
            elif left.kind != ANYTHING:
                raise BadCondition(f"a {left.kind} contains nothing", symbol.start)
            return holds_one(right.options)
        if NOTHING not in (left.kind, right.kind) and left.kind != ANYTHING:
            self._check_kind(right, left.kind, at)
        return equals(right.options, wanted=symbol.text == "==")

    def _check_kind(self, operand: Operand, kind: str, at: Token) -> None:
        if operand.kind not in (kind, ANYTHING):
            raise BadCondition(f"expected a {kind}, this is a {operand.kind}", at.start)
