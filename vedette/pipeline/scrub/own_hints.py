"""Which strings of a raw payload the rules of people's own may be about: one look for all.

A string without escapes lies in the payload as it is read, so an expression that finds something
in it finds it there, too, or something that overlaps it. Strings with escapes are always looked
at, and everything is where an expression asks for the beginning or the end of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.rule_lines import Rule

SMALL_PROGRAMS = 4096  # steps of all expressions together
_LITERAL = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]|\\[^AzQ]", re.DOTALL)
_ANCHORED = re.compile(r"[\^$]|\\[AzQ]")
_STEP = re.compile(r"'([^']+)'|\"([^\"]+)\"|([^.'\"&|!~()]+)")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+\Z")
_MOST_MEMORY = 32 << 20
_DIGIT = re.compile(rb"[0-9]")
_BEFORE_NUMBER = (b":", b",", b"[", b"-", b" ", b"\n", b"\r", b"\t")
_MANY = 512
_MOST_STEPS = 1 << 26
_BUILT_IN = 200  # steps of what is no expression of RE2


class Hints:
    """Positions at which the rules may have something to do."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        in_texts = [rule for rule in rules if rule.patterns]
        sources = [_raw_source(rule) for rule in in_texts]
        names = [_name(rule) for rule in rules if not rule.patterns]
        self._sees_all = None in sources or None in names
        self._in_texts = _compiled(source for source in sources if source)
        self._names = _compiled(name for name in names if name)
        if self._in_texts is None and in_texts:
            self._sees_all = True
        self._size = program_size(in_texts)

    def positions(self, payload: bytes, mask: bytes) -> list[int] | None:
        """Within the strings to be looked at, ascending; None for all of them."""
        is_large = self._size > SMALL_PROGRAMS and len(payload) * self._size > _MOST_STEPS
        if self._sees_all or is_large:
            return None
        found: list[int] = []
        if self._in_texts is not None:
            for match in self._in_texts.finditer(payload):
                if b'"' in match[0]:
                    return None
                found += _places(match)
                if len(found) > _MANY:
                    return None
            found += self._in_escaped(payload, mask, self._in_texts)
        if self._names is not None:
            plain = structure.without_ascii_escapes(payload)
            if plain != payload and self._names.search(plain) is not None:
                return None  # `n\u006fte` is a name as well
            found += (match.start() for match in self._names.finditer(payload))
        if len(found) > _MANY:
            return None
        found.sort()
        return found

    def _in_escaped(self, payload: bytes, mask: bytes, expression: re2._Regexp) -> Iterator[int]:
        """The strings with escapes in which something is found once they are read."""
        at = payload.find(b"\\")
        while at >= 0:
            start, end = mask.rfind(b'"', 0, at) + 1, mask.find(b'"', at)
            if end < 0:
                end = len(mask)
            if expression.search(structure.decoded(payload[start:end])):
                yield start
            at = payload.find(b"\\", end)


def sources_together(rules: Sequence[Rule]) -> re2._Regexp | None:
    """Finds something in every text in which one of these rules does; None for any text."""
    return _compiled(_source(rule) for rule in rules)


def _places(match: re2._Match) -> Sequence[int]:
    """Where a match lies. One that begins before a number may have it in its midst."""
    start, end = match.span()
    is_around = match[0][:1] in _BEFORE_NUMBER and _DIGIT.search(match[0]) is not None
    return range(start, end) if is_around else (start, end - 1)


def program_size(rules: Iterable[Rule]) -> int:
    """In how many steps at most each byte of a text is looked at for all of these rules."""
    patterns = (one for rule in rules for one in rule.patterns)
    return sum(int(getattr(one.expression, "programsize", _BUILT_IN)) for one in patterns)


def _source(rule: Rule) -> str:
    """An expression that finds something wherever a rule does."""
    sources = [one.clue or one.expression.pattern.decode() for one in rule.patterns]
    return "|".join(f"(?:{source})" for source in sources)


def _raw_source(rule: Rule) -> str | None:
    """The same in a raw payload; None where it may not find it there."""
    source = _source(rule)
    return None if _ANCHORED.search(_LITERAL.sub("", source)) else source


def _name(rule: Rule) -> str | None:
    """A name that stands in what a rule is about, as a member's, in a pair, as an attribute's, or
    in a text; None if none is known."""
    if any(sign in rule.place for sign in "&|!~("):
        return None
    steps = ["".join(step) for step in _STEP.findall(rule.place)]
    plain = [step for step in steps if _PLAIN.match(step) and not step.isdigit()]
    if not plain:
        return None
    begin = r"\b" if plain[-1][0].isalnum() else ""
    return rf'(?i:{begin}{re.escape(plain[-1])}\\?"?\s*[:,}}=])'


def _compiled(sources: Iterable[str]) -> re2._Regexp | None:
    return _compile("|".join(sources))


@lru_cache(maxsize=64)
def _compile(joined: str) -> re2._Regexp | None:
    if not joined:
        return None
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(joined.encode(), options)
    except re2.error:
        return None
