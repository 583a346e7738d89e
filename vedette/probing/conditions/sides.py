"""What stands at the sides of a comparison, read from the words of a condition."""

from __future__ import annotations

from collections.abc import Callable

from vedette.probing.conditions import operands
from vedette.probing.conditions.errors import BadCondition
from vedette.probing.conditions.operands import NUMBER, Operand
from vedette.probing.conditions.patterns import BadPattern, Pattern, regular, wildcards
from vedette.probing.conditions.seen import Json
from vedette.probing.conditions.tokens import Token, tokens
from vedette.probing.conditions.words import expected_something, number_of, steps_of, text_of

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


class Sides:
    """Goes through the words once; adds up what judging will cost. Raises BadCondition."""

    def __init__(self, text: str, knows: frozenset[str]) -> None:
        self._text = text
        self._knows = knows
        self._tokens = tokens(text)
        self._at = 0
        self.operations = 0
        self.gas = 0
        self.pattern_size = 0
        self.needs: set[str] = set()

    def read_patterns(self) -> tuple[Pattern, ...]:
        """One pattern, or `any(…)` of several."""
        if not self.take("any"):
            return (self._read_pattern(),)
        self.expect("(")
        found = [self._read_pattern()]
        while self.take(","):
            found.append(self._read_pattern())
        self.expect(")")
        return tuple(found)

    def _read_pattern(self) -> Pattern:
        token = self.next()
        try:
            if token.kind == "regular":
                found = regular(token.text[1:-1].replace("\\/", "/"))
            elif token.kind == "text":
                found = wildcards(text_of(token))
            else:
                raise BadCondition('expected a pattern: "v2.*" or /^v2/', token.start)
        except BadPattern as error:
            raise BadCondition(str(error), token.start) from None
        self.spend(0, found.gas)
        self.pattern_size += found.size
        return found

    def read_operand(self, beside: Operand | None = None) -> Operand:
        """One side of a comparison; a number beside the time may have a unit."""
        token = self.next()
        if token.kind == "number":
            return operands.literal(number_of(token, beside))
        if token.kind == "text":
            return operands.literal(text_of(token))
        if token.kind == "path":
            return self._use(operands.path(steps_of(token)), token)
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
            self.expect("[")
            name = self.next()
            if name.kind != "text":
                raise BadCondition('expected the name of a header: header["x-name"]', name.start)
            self.expect("]")
            return operands.header(text_of(name))
        if token.text == "cert":
            self.expect(".")
            self.expect("days")
            return operands.cert_days()
        raise BadCondition(f"{token.text!r} is nothing that can be looked at", token.start)

    def _read_function(self, token: Token) -> Operand:
        self.expect("(")
        inner = self.next()
        if inner.kind == "path":
            of = operands.path(steps_of(inner))
        elif inner.kind == "word":
            of = self._read_subject(inner)
        else:
            raise BadCondition(expected_something(inner), inner.start)
        if token.text == "len" and of.kind == NUMBER:
            raise BadCondition("a number has no length", inner.start)
        self.expect(")")
        return self._use(_FUNCTIONS[token.text](of), token)

    def _read_options(self, beside: Operand) -> Operand:
        self.expect("(")
        found = [self._read_option(beside)]
        while self.take(","):
            found.append(self._read_option(beside))
        self.expect(")")
        self.spend(0, len(found))
        return operands.options(tuple(found))

    def _read_option(self, beside: Operand) -> Json:
        token = self.next()
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
        self.spend(operand.operations, operand.gas)
        self.needs.add(operand.needs)
        return operand

    def spend(self, operations: int, gas: int) -> None:
        """Add to what judging will cost."""
        self.operations += operations
        self.gas += gas

    def since(self, first: Token) -> str:
        """What is written from there on."""
        return self._text[first.start : self._tokens[self._at - 1].end]

    @property
    def token(self) -> Token:
        """The word that comes."""
        return self._tokens[self._at]

    def next(self) -> Token:
        """The word that comes; it is passed."""
        token = self.token
        if token.kind != "end":
            self._at += 1
        return token

    def take(self, text: str) -> bool:
        """Pass this word, if it comes."""
        is_it = self.token.kind in ("word", "symbol") and self.token.text == text
        self._at += is_it
        return is_it

    def expect(self, text: str) -> None:
        """Pass this word, which has to come."""
        token = self.token
        if not self.take(text):
            raise BadCondition(f"expected {text}", token.start)

    def expect_end(self) -> None:
        """Nothing more may come."""
        if self.token.kind != "end":
            raise BadCondition("expected and, or, or the end", self.token.start)
