"""Call frame information: where the caller of an address has its registers, in Breakpad's words.

An upload makes the text of whatever a debug file has (DWARF, Windows' tables, Breakpad's own):
`STACK CFI INIT ADDRESS SIZE RULES`, then `STACK CFI ADDRESS RULES` for what changes on the way.
A rule is `REGISTER: EXPRESSION` in postfix; `.cfa` is the stack pointer of the caller, `.ra` the
address that it goes on at. Addresses count from the start of the module, in hexadecimal.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from vedette.crashes.memory import Memory
from vedette.crashes.modules import Module
from vedette.crashes.registers import Layout

Rules: TypeAlias = Mapping[str, Sequence[str]]
InfoOf: TypeAlias = "Callable[[Module], FrameInfo | None]"
AskFrameInfo: TypeAlias = "Callable[[Sequence[Module]], InfoOf]"

_INIT = re.compile(rb"^STACK CFI INIT ([0-9a-f]{1,16}) ([0-9a-f]{1,16}) ?", re.MULTILINE)
_NEXT = b"STACK CFI "
_MOST_LINE = 4000
_MOST_CHANGES = 5000
_MOST_EFFORT = 4 << 20  # for one dump: bytes of text, and words of rules that are followed
_MOST_RULES = 64  # a processor has fewer registers that rules speak of
_MOST_WORDS = 100  # of an expression
_MOST_HELD_WORDS = 10_000
_MOST_SIZE = (1 << 32) - 1
_MOST_DIGITS = 20
_CFA, _RETURN = ".cfa", ".ra"
_NO_RULES: Rules = {}


class Effort:
    """How much may still be read and followed to walk the stacks of one dump: an upload decides
    how much there is for each address, and a dump how many addresses."""

    def __init__(self) -> None:
        self.left = _MOST_EFFORT


class FrameInfo:
    """Of one module. What cannot be read of it has no rules."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self.size_bytes = len(text)
        starts, sizes, places = array("Q"), array("I"), array("I")
        for one in _INIT.finditer(text):
            starts.append(int(one[1], 16))
            sizes.append(min(int(one[2], 16), _MOST_SIZE))
            places.append(one.end())
        order = sorted(range(len(starts)), key=starts.__getitem__)
        self._starts = array("Q", (starts[at] for at in order))
        self._sizes = array("I", (sizes[at] for at in order))
        self._places = array("I", (places[at] for at in order))
        self._held: OrderedDict[int, Rules] = OrderedDict()
        self._held_words = 0

    def rules(self, address: int, effort: Effort) -> Rules:
        """The rules at an address of the module; empty if nothing is known there, or if they take
        more than is left of the effort."""
        held = self._held.get(address)
        if held is None:
            held = self._find(address, effort)
            if effort.left >= 0:
                self._hold(address, held)
        effort.left -= _words(held)
        return held if effort.left >= 0 else _NO_RULES

    def _hold(self, address: int, rules: Rules) -> None:
        self._held[address] = rules
        self._held_words += _words(rules)
        while self._held_words > _MOST_HELD_WORDS:
            self._held_words -= _words(self._held.popitem(last=False)[1])

    def _find(self, address: int, effort: Effort) -> Rules:
        at = bisect_right(self._starts, address) - 1
        if at < 0 or address >= self._starts[at] + self._sizes[at]:
            return _NO_RULES
        rules: dict[str, list[str]] = {}
        line, place = self._line(self._places[at])
        for _ in range(_MOST_CHANGES):
            effort.left -= len(line)
            if effort.left < 0:
                return _NO_RULES
            _parse(line, rules)
            if not self._text.startswith(_NEXT, place) or self._text.startswith(
                b"INIT", place + 10
            ):
                break
            line, place = self._line(place + len(_NEXT))
            start, _, line = line.partition(" ")
            try:
                if int(start, 16) > address:
                    break
            except ValueError:
                return _NO_RULES
        return rules

    def _line(self, start: int) -> tuple[str, int]:
        """A line, and where the next one begins."""
        end = self._text.find(b"\n", start)
        end = len(self._text) if end < 0 else end
        line = self._text[start : min(end, start + _MOST_LINE)]
        return line.decode("ascii", "replace"), end + 1


def has_none(modules: Sequence[Module]) -> InfoOf:
    """For dumps of programs whose debug files are not there."""
    return lambda module: None


def _parse(text: str, rules: dict[str, list[str]]) -> None:
    """Add the rules of a line, or put them in the place of those before."""
    name = ""
    for token in text.split():
        if token.endswith(":"):
            name = token[:-1].lstrip("$")
            if name in rules or len(rules) < _MOST_RULES:
                rules[name] = []
            else:
                name = ""
        elif name and len(rules[name]) <= _MOST_WORDS:  # one more, and nothing follows it
            rules[name].append(token)


def _words(rules: Rules) -> int:
    """What they take in memory, in words."""
    return 4 + sum(2 + len(expression) for expression in rules.values())


def caller(
    rules: Rules, registers: Mapping[str, int], layout: Layout, memory: Memory
) -> dict[str, int] | None:
    """The registers that the caller has; without an address if no rule names one: then there is
    none to return to.

    None if the rules cannot be followed with the memory and the registers that are there.
    """
    if _CFA not in rules:
        return None
    known = {**registers, **{alias: registers[of] for alias, of in _aliases(layout, registers)}}
    cfa = _evaluate(rules[_CFA], known, layout, memory)
    if cfa is None:
        return None
    known[_CFA] = cfa
    made = {name: known[name] for name in layout.kept if name in known}
    for name, expression in rules.items():
        if name in (_CFA, _RETURN):
            continue
        value = _evaluate(expression, known, layout, memory)
        if value is None:
            made.pop(_own(name, layout), None)
        else:
            made[_own(name, layout)] = value
    made[layout.stack] = cfa
    if _RETURN in rules:
        address = _evaluate(rules[_RETURN], known, layout, memory)
        if address is None:
            return None
        made[layout.pointer] = address & layout.mask
    return made


def _aliases(layout: Layout, registers: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(alias, of) for alias, of in layout.aliases.items() if of in registers]


def _own(name: str, layout: Layout) -> str:
    return layout.aliases.get(name, name)


def _evaluate(
    expression: Sequence[str], known: Mapping[str, int], layout: Layout, memory: Memory
) -> int | None:
    """The value of an expression in postfix; None for one that has none."""
    if not expression or len(expression) > _MOST_WORDS:
        return None
    most = (1 << 8 * layout.word_bytes) - 1
    stack: list[int] = []
    for word in expression:
        if word == "^":
            value = memory.word(stack.pop(), layout.word_bytes) if stack else None
        elif word in _OPERATIONS and len(stack) >= 2:
            right, left = stack.pop(), stack.pop()
            value = _OPERATIONS[word](left, right) if right or word in "+-*" else None
        else:
            value = known.get(word.lstrip("$"), _number(word))
        if value is None:
            return None
        stack.append(value & most)
    return stack[0] if len(stack) == 1 else None


_OPERATIONS = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right,
    "%": lambda left, right: left % right,
    "@": lambda left, right: left - left % right,
}


def _number(word: str) -> int | None:
    try:
        return int(word) if len(word) <= _MOST_DIGITS else None
    except ValueError:
        return None
