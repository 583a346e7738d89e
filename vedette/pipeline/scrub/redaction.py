"""Which parts of one decoded string have to go, given where it stands.

`Redactor.cuts` is called by `walk` for each string that a trigger pointed at. It knows
names and patterns, not JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from vedette.pipeline.scrub.assignments import assigned
from vedette.pipeline.scrub.budget import Budget, BudgetSpent
from vedette.pipeline.scrub.credentials import ADDRESSES, CREDENTIALS, may_hold_credentials
from vedette.pipeline.scrub.patterns import EMAIL, URL_PASSWORD, Pattern
from vedette.pipeline.scrub.remarks import Kind
from vedette.pipeline.scrub.scopes import Carrier, Scope
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.words import (
    Names,
    is_safe_value,
    is_session_cookie,
    names_secret_in_text,
)

FILTERED = b"[Filtered]"
# The rule that is named where a text was cut because it would have cost too much.
LIMIT = "!limit"
_LOOKED_AT_BYTES = 4096
_KEPT_BYTES = 3072

_PLACEHOLDER = re.compile(rb"\[(?:Filtered|token|pemkey|auth|ip|email)")
_ONE_WORD = re.compile(rb"\w[\w-]{0,127}")
_TELLING = re.compile(rb"(?i)(?<=[_-])(?:passw(?:or)?d|secret)|(?:passw(?:or)?d|secret)(?=[_-])")
_COOKIE_LINE = re.compile(rb"(?i)\bcookie2?['\"]?\s*+[:,]\s*+[bu]?['\"]?([^\r\n\"']++)")
_FORM = re.compile(rb"[^\s=&;{}\[\]<>/]++(?:\[[^\s=&\[\]]*+\])*+=[^\s<>]*+\Z")


Spend = Callable[[], None]


class Cut(NamedTuple):
    """Bytes `start` to `end` of a decoded string, which `replacement` takes the place of."""

    start: int
    end: int
    rule: str
    replacement: bytes = FILTERED
    kind: Kind = Kind.SUBSTITUTED


Rules = Callable[[bytes, Scope, Spend], list[Cut]]


class Redactor:
    """The text rules of one project."""

    def __init__(self, settings: ScrubSettings, names: Names) -> None:
        self._names = names
        self._is_strict = settings.strict
        self._credentials: tuple[Pattern, ...] = CREDENTIALS if settings.uses_defaults else ()
        self._emails = (EMAIL,) if settings.emails else ()
        self._addresses = ADDRESSES if settings.ip_addresses else ()

    def cuts(self, text: bytes, scope: Scope, budget: Budget, *, in_pair: bool) -> list[Cut]:
        """The cuts for a string that stands in `scope`, in order, not overlapping.

        A text that takes more than its share of `budget` keeps its beginning only. `in_pair`:
        it is the value in a list of a name and a value.
        """
        if in_pair and scope.values and self._is_telling_word(text):
            return [Cut(0, len(text), "@password:filter")]
        return self._within(budget, self._cuts, text, scope)

    def cookie_cuts(self, text: bytes, scope: Scope, budget: Budget) -> list[Cut]:
        """The values of session cookies and other sensitive names, and what text loses."""
        return self._within(budget, self._cookie_cuts, text, scope)

    def is_secret_cookie(self, name: bytes) -> bool:
        """Whether the value of the cookie `name` is to be hidden."""
        if not self._names.uses_defaults or self._names.is_safe(name):
            return False
        return is_session_cookie(name) or self._names.name_rule(name) is not None

    def _within(self, budget: Budget, rules: Rules, text: bytes, scope: Scope) -> list[Cut]:
        floor = budget.share()
        try:
            return rules(text, scope, budget.spend)
        except BudgetSpent:
            beginning = text[:_LOOKED_AT_BYTES]
            return _beginning(rules(beginning, scope, _spend_nothing), len(text))
        finally:
            budget.restore(floor)

    def _cuts(self, text: bytes, scope: Scope, spend: Spend) -> list[Cut]:
        if scope.carrier is Carrier.COOKIES:
            return self._cookie_cuts(text, scope, spend)
        if scope.carrier is not Carrier.PLAIN and _FORM.match(text):
            return _without_overlap(self._form_cuts(text, scope, spend))
        return self._plain_cuts(text, scope, spend)

    def _cookie_cuts(self, text: bytes, scope: Scope, spend: Spend) -> list[Cut]:
        if b"=" not in text:
            return self._plain_cuts(text, scope, spend)
        cookies = (
            Cut(start, end, "@cookies:filter")
            for name, start, end in _pairs(text, b";", spend)
            if self.is_secret_cookie(name) and not is_safe_value(text[start:end])
        )
        others = self._text_cuts(text, scope, spend, by_name=False)
        return _without_overlap(chain(cookies, others))

    def _plain_cuts(self, text: bytes, scope: Scope, spend: Spend) -> list[Cut]:
        rule = self._whole_rule(text) if scope.values else None
        if rule:
            return [Cut(0, len(text), rule)]
        return _without_overlap(self._text_cuts(text, scope, spend)) if scope.text else []

    def _whole_rule(self, text: bytes) -> str | None:
        """The rule by which a value goes whole because of what it says."""
        if is_safe_value(text):
            return None
        return self._names.value_rule(text) if self._is_strict else self._names.own_rule(text)

    def _is_telling_word(self, text: bytes) -> bool:
        """Whether a value is one word that speaks of a secret: `my_password`."""
        if not self._names.uses_defaults or not _ONE_WORD.fullmatch(text):
            return False
        return _TELLING.search(text) is not None

    def _form_cuts(self, text: bytes, scope: Scope, spend: Spend) -> Iterator[Cut]:
        for name, start, end in _pairs(text, b"&", spend):
            value, plain_name = text[start:end], unquote_to_bytes(name.replace(b"+", b" "))
            if is_safe_value(value) or self._names.is_safe(plain_name):
                continue
            rule = self._names.name_rule(plain_name) or self._whole_rule(value)
            if rule:
                yield Cut(start, end, rule)
            else:
                for cut in self._text_cuts(value, scope, spend):
                    yield Cut(start + cut.start, start + cut.end, cut.rule, cut.replacement)

    def _text_cuts(
        self, text: bytes, scope: Scope, spend: Spend, *, by_name: bool = True
    ) -> Iterator[Cut]:
        method = _filter if scope.values else _replace
        for pattern in self._credentials if may_hold_credentials(text) else ():
            yield from _pattern_cuts(pattern, text, spend, *method(pattern))
        if scope.assignments and by_name and self._names.mentions(text):
            yield from self._assignment_cuts(text, spend)
        emails = self._emails if scope.emails else ()
        addresses = self._addresses if scope.addresses else ()
        for pattern in emails + addresses:
            yield from _pattern_cuts(pattern, text, spend, *_replace(pattern))

    def _assignment_cuts(self, text: bytes, spend: Spend) -> Iterator[Cut]:
        for name, start, end in assigned(text, self._is_secret, spend, self._names.own):
            yield Cut(start, end, self._names.name_rule(name) or "@password:filter")
        if b"ookie" not in text:
            return
        for line in _COOKIE_LINE.finditer(text):
            for name, start, end in _pairs(line[1], b";", spend):
                at = line.start(1) + start
                value = line[1][start:end]
                if self.is_secret_cookie(name) and not is_safe_value(value):
                    yield Cut(at, at + end - start, "@cookies:filter")

    def _is_secret(self, name: bytes) -> bool:
        if self._names.name_rule(name) is not None:
            return True
        return (
            self._names.uses_defaults
            and names_secret_in_text(name)
            and (not self._names.is_safe(name))
        )


def _pattern_cuts(
    pattern: Pattern, text: bytes, spend: Spend, rule: str, replacement: bytes
) -> Iterator[Cut]:
    for start, end in pattern.spans(text, spend):
        if not _PLACEHOLDER.match(text, start):
            yield Cut(start, end, rule, replacement)


def _spend_nothing() -> None:
    """For the beginning of a text, whose length is bounded."""


def _beginning(cuts: list[Cut], length: int) -> list[Cut]:
    """The cuts of the beginning that is kept, and one that takes all that follows.

    Nothing is kept of the last bytes that were looked at: a secret may have gone on there.
    """
    kept = [cut for cut in cuts if cut.start < _KEPT_BYTES]
    start = max(kept[-1].end if kept else 0, _KEPT_BYTES)
    return [*kept, Cut(start, length, LIMIT)] if start < length else kept


@cache
def _filter(pattern: Pattern) -> tuple[str, bytes]:
    return _replace(pattern) if pattern is URL_PASSWORD else (f"@{pattern.name}:filter", FILTERED)


@cache
def _replace(pattern: Pattern) -> tuple[str, bytes]:
    method = "legacy" if pattern is URL_PASSWORD else "replace"
    return f"@{pattern.name}:{method}", pattern.placeholder.encode()


def _pairs(text: bytes, separator: bytes, spend: Spend) -> Iterator[tuple[bytes, int, int]]:
    """Each `name=value` between separators: the name, and where the value starts and ends."""
    position = 0
    for part in text.split(separator):
        spend()
        name, equals, value = part.partition(b"=")
        if equals:
            start = position + len(name) + 1
            padding = len(value) - len(value.rstrip())
            yield name.strip(), start, start + len(value) - padding
        position += len(part) + len(separator)


def _without_overlap(cuts: Iterable[Cut]) -> list[Cut]:
    """The cuts in order of place; of two that overlap, the one that came first stays."""
    found = [cut for cut in cuts if cut.end > cut.start]
    if len(found) < 2:
        return found
    kept: list[Cut] = []
    taken = 0
    for cut in sorted(found, key=lambda cut: cut.start):
        if cut.start >= taken:
            kept.append(cut)
            taken = cut.end
    return kept
