"""Which strings of a raw payload the rules of people's own may be about: one look for all.

A string without escapes lies in the payload as it is read, so an expression that finds something
in it finds it there, too, or something that overlaps it. Strings with escapes are always looked
at, and everything is where an expression asks for the beginning or the end of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.rule_lines import Rule

_LITERAL = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]|\\[^Az]", re.DOTALL)
_ANCHORED = re.compile(r"[\^$]|\\[Az]")
_STEP = re.compile(r"'([^']+)'|\"([^\"]+)\"|([^.'\"&|!~()]+)")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+\Z")
_MOST_MEMORY = 32 << 20
_MANY = 512


class Hints:
    """Positions at which the rules may have something to do."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        in_texts = [rule for rule in rules if rule.patterns]
        sources = [_source(rule) for rule in in_texts]
        names = [_name(rule) for rule in rules if not rule.patterns]
        self._sees_all = None in sources or None in names
        self._in_texts = _compiled(source for source in sources if source)
        self._names = _compiled(name for name in names if name)
        if self._in_texts is None and in_texts:
            self._sees_all = True

    def positions(self, payload: bytes, mask: bytes) -> list[int] | None:
        """Within the strings to be looked at, ascending; None for all of them."""
        if self._sees_all:
            return None
        found: list[int] = []
        if self._in_texts is not None:
            for match in self._in_texts.finditer(payload):
                if b'"' in match[0]:
                    return None
                found += (match.start(), match.end() - 1)
            found += self._in_escaped(payload, mask, self._in_texts)
        if self._names is not None:
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


def _source(rule: Rule) -> str | None:
    """An expression that finds what a rule finds; None where it may not in raw text."""
    sources = [one.clue or one.expression.pattern.decode() for one in rule.patterns]
    if any(_ANCHORED.search(_LITERAL.sub("", source)) for source in sources):
        return None
    return "|".join(f"(?:{source})" for source in sources)


def _name(rule: Rule) -> str | None:
    """A name that stands in what a rule is about; None if none is known."""
    if any(sign in rule.place for sign in "&|!~("):
        return None
    steps = ["".join(step) for step in _STEP.findall(rule.place)]
    plain = [step for step in steps if _PLAIN.match(step) and not step.isdigit()]
    return f'(?i:"{re.escape(plain[-1])}"\\s*:)' if plain else None


def _compiled(sources: Iterable[str]) -> re2._Regexp | None:
    joined = "|".join(sources)
    if not joined:
        return None
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(joined.encode(), options)
    except re2.error:
        return None
