"""Text to condition: a parser by descent. Raises BadCondition with the place.

Monitors share most of what is written, so what was compiled is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from vedette.probing.conditions import operands
from vedette.probing.conditions.errors import BadCondition
from vedette.probing.conditions.operands import ANYTHING, NOTHING, NUMBER, TEXT, TRUTH, Operand
from vedette.probing.conditions.patterns import BadPattern, Pattern, regular, wildcards
from vedette.probing.conditions.seen import Json, Missing, Seen
from vedette.probing.conditions.tokens import Token, tokens
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
from vedette.probing.conditions.words import expected_something, number_of, steps_of, text_of

MOST_OPERATIONS = 16
MOST_GAS = 100
_MOST_NESTED = 16
EVERYTHING = frozenset({"status", "time", "header", "body", "document", "cert"})
_CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}
_SUBJECTS: dict[str, Callable[[], Operand]] = {
    "status": operands.status,
    "time": operands.time,
    "body": operands.body,
}
_FUNCTIONS: dict[str, Callable[[Operand], Operand]] = {
    "len": operands.length,
    "has": operands.presence,
}
_COMPARISONS = frozenset({"==", "!=", "~", "!~", "contains", *ORDERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`needs` are the parts of an answer that it looks at; `gas` the most that judging costs."""

    written: str
    needs: frozenset[str]
    operations: int
    gas: int
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
        """The figure; truths are 0 and 1; None if there is none. Raises Mismatch."""
        value = self.operand.value(seen)
        if isinstance(value, Missing) or not isinstance(value, int | float):
            return None
        return float(value)


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


class _Reader:
    """Goes through the words once; adds up what judging will cost."""

    def __init__(self, text: str, knows: frozenset[str]) -> None:
        self._text = text
        self._knows = knows
        self._tokens = tokens(text)
        self._at = 0
        self.operations = 0
        self.gas = 0
        self.needs: set[str] = set()

    def read_either(self, depth: int) -> Node:
        node = self.read_both(depth)
        while self._take("or"):
            self._spend(1, 1)
            node = Either(node, self.read_both(depth))
        return node

    def read_both(self, depth: int) -> Node:
        node = self.read_not(depth)
        while self._take("and"):
            self._spend(1, 1)
            node = Both(node, self.read_not(depth))
        return node

    def read_not(self, depth: int) -> Node:
        if depth > _MOST_NESTED:
            raise BadCondition("this is nested too deeply", self._token.start)
        if self._take("not"):
            self._spend(1, 1)
            return Not(self.read_not(depth + 1))
        if self._take("("):
            node = self.read_either(depth + 1)
            self._expect(")")
            return node
        return self._read_clause()

    def _read_clause(self) -> Node:
        first = self._token
        left = self.read_operand()
        symbol = self._token
        if symbol.text not in _COMPARISONS or symbol.kind in ("text", "regular"):
            return self._truth(left, first)
        self._at += 1
        self._spend(1, 1)
        if symbol.text in ("~", "!~"):
            self._check_kind(left, TEXT, first)
            patterns = self._read_patterns()
            test = fits(patterns, wanted=symbol.text == "~")
            right = operands.literal(None)
        else:
            at = self._token
            right = self.read_operand(beside=left)
            test = self._test(symbol, left, right, at)
        if not left.subject and not right.subject:
            raise BadCondition("this looks at nothing of the answer", first.start)
        return Clause(self._since(first), left, test, right)

    def _truth(self, left: Operand, first: Token) -> Node:
        if not left.subject or left.kind not in (TRUTH, ANYTHING):
            expected = "expected a comparison such as == or <"
            raise BadCondition(expected, self._token.start)
        self._spend(1, 1)
        return Clause(self._since(first), left, is_true, operands.literal(None))

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

    def _read_patterns(self) -> tuple[Pattern, ...]:
        if not self._take("any"):
            return (self._read_pattern(),)
        self._expect("(")
        found = [self._read_pattern()]
        while self._take(","):
            found.append(self._read_pattern())
        self._expect(")")
        return tuple(found)

    def _read_pattern(self) -> Pattern:
        token = self._next()
        try:
            if token.kind == "regular":
                found = regular(token.text[1:-1].replace("\\/", "/"))
            elif token.kind == "text":
                found = wildcards(text_of(token))
            else:
                raise BadCondition('expected a pattern: "v2.*" or /^v2/', token.start)
        except BadPattern as error:
            raise BadCondition(str(error), token.start) from None
        self._spend(0, found.gas)
        return found

    def read_operand(self, beside: Operand | None = None) -> Operand:
        """One side of a comparison; a number beside the time may have a unit."""
        token = self._next()
        if token.kind == "number":
            return operands.literal(number_of(token, beside))
        if token.kind == "text":
            return operands.literal(text_of(token))
        if token.kind == "path":
            return self._use(operands.path(steps_of(token), token.text), token)
        if token.kind != "word":
            raise BadCondition(expected_something(token), token.start)
        if token.text in _CONSTANTS:
            return operands.literal(_CONSTANTS[token.text])
        if token.text == "any" and beside is not None:
            return self._read_options(beside)
        if token.text in _FUNCTIONS:
            return self._read_function(token)
        return self._use(self._read_subject(token), token)

    def _read_subject(self, token: Token) -> Operand:
        if token.text in _SUBJECTS:
            return _SUBJECTS[token.text]()
        if token.text == "header":
            self._expect("[")
            name = self._next()
            if name.kind != "text":
                raise BadCondition('expected the name of a header: header["x-name"]', name.start)
            self._expect("]")
            return operands.header(text_of(name))
        if token.text == "cert":
            self._expect(".")
            self._expect("days")
            return operands.cert_days()
        raise BadCondition(f"{token.text!r} is nothing that can be looked at", token.start)

    def _read_function(self, token: Token) -> Operand:
        self._expect("(")
        inner = self._next()
        if inner.kind == "path":
            of = operands.path(steps_of(inner), inner.text)
        elif inner.kind == "word":
            of = self._read_subject(inner)
        else:
            raise BadCondition(expected_something(inner), inner.start)
        if token.text == "len" and of.kind == NUMBER:
            raise BadCondition("a number has no length", inner.start)
        self._expect(")")
        return self._use(_FUNCTIONS[token.text](of), token)

    def _read_options(self, beside: Operand) -> Operand:
        self._expect("(")
        found = [self._read_option(beside)]
        while self._take(","):
            found.append(self._read_option(beside))
        self._expect(")")
        self._spend(0, len(found))
        return operands.options(tuple(found))

    def _read_option(self, beside: Operand) -> Json:
        token = self._next()
        if token.kind == "number":
            return number_of(token, beside)
        if token.kind == "text":
            return text_of(token)
        if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        raise BadCondition("expected a number or a text", token.start)

    def _use(self, operand: Operand, token: Token) -> Operand:
        if operand.needs not in self._knows:
            raise BadCondition(f"{operand.subject} is not known to this kind", token.start)
        self._spend(operand.operations, operand.gas)
        self.needs.add(operand.needs)
        return operand

    def _spend(self, operations: int, gas: int) -> None:
        self.operations += operations
        self.gas += gas

    def _since(self, first: Token) -> str:
        return self._text[first.start : self._tokens[self._at - 1].end]

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._token
        if token.kind != "end":
            self._at += 1
        return token

    def _take(self, text: str) -> bool:
        is_it = self._token.kind in ("word", "symbol") and self._token.text == text
        self._at += is_it
        return is_it

    def _expect(self, text: str) -> None:
        token = self._token
        if not self._take(text):
            raise BadCondition(f"expected {text}", token.start)

    def expect_end(self) -> None:
        if self._token.kind != "end":
            raise BadCondition("expected and, or, or the end", self._token.start)
