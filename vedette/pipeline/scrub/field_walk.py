"""Takes out of a recorded page what stands in fields for secrets, wherever the page tells of it.

Called by `scrubber` for payloads that hold pages; `fields` says which fields those are. Works on
the mask of a JSON text (see `structure`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.budget import Budget
from vedette.pipeline.scrub.edits import Edit, removal, substitution
from vedette.pipeline.scrub.fields import (
    FILLED,
    TYPED,
    Fields,
    Known,
    is_named_secret,
    is_plain,
    is_secret,
    segment_of,
)
from vedette.pipeline.scrub.redaction import Redactor
from vedette.pipeline.scrub.scopes import FULL
from vedette.pipeline.scrub.surroundings import OBJECT, Surroundings
from vedette.pipeline.scrub.typing_fields import asked
from vedette.pipeline.scrub.words import Names, is_safe_value

_RULE = "@password:filter"
_MOST_INNER = 256 << 10  # of what lies within one field
_BYTES_PER_UNIT = 64  # of the budget, to look through what lies within
_MOST_NAME = 200
_MOST_LABELS = 2000  # with a word for a secret in it, before another text
_MOST_AROUND = 400  # between the attributes of an element and its number
_ATTRIBUTES, _DATA = b'"attributes"', b'"data"'
_ID = rb'"id"\s*+:\s*+([0-9]{1,12})\b'
_NUMBER = re.compile(_ID)
_TAG = re.compile(rb'"tagName"\s*+:\s*+"([^"]{1,40}+)"')
_MEMBER = re.compile(rb'"([^"]*+)"\s*+:\s*+(?=")')
_VALUE = re.compile(rb'"value"\s*+:\s*+(?=")')
_HELD = re.compile(rb'"(?:value|content)"\s*+:\s*+(?=")')
_INPUT = re.compile(rb'"source"\s*+:\s*+5\b')
_TYPED = re.compile(rb'"text"\s*+:\s*+(?=")')
_WITHIN = re.compile(rb'\s*+,\s*+"childNodes"\s*+:\s*+(?=\[)')
_WRITTEN = re.compile(rb'"textContent"\s*+:\s*+(?=")')
_CHOSEN = re.compile(rb'"(?:selected|checked)"\s*+:\s*+(true)\b')
_OF_ELEMENT = re.compile(rb'"attributes"\s*+:\s*+(' + OBJECT + rb")")
# Of mutations: other attributes, another text, and what is added within an element.
_CHANGED = re.compile(_ID + rb'\s*+,\s*+"attributes"\s*+:\s*+(' + OBJECT + rb")")
_RETOLD = re.compile(_ID + rb'\s*+,\s*+"value"\s*+:\s*+(?=")')
_ADDED = re.compile(
    rb'"parentId"\s*+:\s*+([0-9]{1,12})\b(?:[\s,:0-9nul]++|"[a-z]{1,9}Id"){0,16}+'
    rb'"node"\s*+:\s*+(?=\{)'
)
# As documents of frames and events of other kinds have the type 0, too.
_WHOLE_PAGE = re.compile(rb'"data"\s*+:\s*+\{\s*+"node"\s*+:\s*+\{\s*+"type"\s*+:\s*+0\b')
_PASSWORD = b'[type=\\"password\\"]"'  # in a breadcrumb
_CRUMB = re.compile(
    rb'\[type=\\"password\\"\]"\s*,\s*"data"\s*:\s*\{\s*"nodeId"\s*:\s*([0-9]{1,12})'
)
_NEXT_TEXT = re.compile(
    rb'\s*(?:,\s*"id"\s*:\s*[0-9]{1,12}\s*)?\}\s*,\s*\{(?:\s*"(?:type|id)"\s*:\s*[0-9]{1,12}\s*,)*'
    rb'\s*"textContent"\s*:\s*(?=")'
)
_LABEL = re.compile(rb"[:=]\s*\"\Z")
# A node of which a breadcrumb tells.
_TOLD_NODE = re.compile(rb'"node"\s*+:\s*+\{\s*+' + _ID)
_STARS = re.compile(rb"(?:[*\s]|\xe2\x80\xa2|\xe2\x97\x8f|\xc2\xb7)*")  # what SDKs put for it

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class _Element(NamedTuple):
    """Attributes of an element: where they stand, what they are, and what stands beside them."""

    start: int
    end: int
    held: dict[str, Any]
    beside: bytes

    @property
    def number(self) -> int | None:
        return _number(self.beside)

    @property
    def is_filled(self) -> bool:
        return self._tag in FILLED

    @property
    def is_typed(self) -> bool:
        return self._tag in TYPED

    @property
    def _tag(self) -> bytes:
        found = _TAG.search(self.beside)
        return found[1].lower() if found is not None else b""


class FieldWalk:
    """The edits that one payload needs; `page` says whose fields are known from before."""

    def __init__(
        self, payload: bytes, names: Names, redactor: Redactor, budget: Budget, fields: Fields
    ) -> None:
        self._payload = payload
        self._mask = structure.masked(payload)
        self._names = names
        self._redactor = redactor
        self._budget = budget
        self._fields = fields
        self._edits: list[Edit] = []
        self._found: set[int] = set()  # numbers of fields
        self._inner: set[int] = set()  # and of what lies within them
        self._seen_at = -1  # where the last attributes that were looked at begin
        self._done = 0  # what lies within fields is dealt with up to there
        self._labels = 0

    def run(self, told: Sequence[tuple[int, bytes]], page: str) -> list[Edit]:
        """The edits, given where strings of telling names begin, and the names.

        Raises BudgetSpent.
        """
        attributes = Surroundings(self._mask, _ATTRIBUTES)
        typed = [(start, b"attributes") for start in asked(self._mask)]
        for start, name in sorted([*told, *typed]):
            self._budget.spend()
            if name == b"textContent":
                self._labelled(start)
            else:
                self._element(attributes.span(start))
        if _PASSWORD in self._payload:
            self._found.update(int(crumb[1]) for crumb in _CRUMB.finditer(self._payload))
        before, segment = self._fields.of(page), segment_of(self._payload)
        known = before.at(segment)
        if self._found or known.fields:
            # Numbers begin anew with each page; one that is recorded again tells its fields again.
            is_whole = _WHOLE_PAGE.search(self._mask) is not None
            new = Known(frozenset(self._found), frozenset(self._inner))
            self._found |= known.fields
            self._inner |= known.inner
            self._mutations()
            self._inputs(is_any=known.is_full)
            if not is_whole:
                new = new._replace(inner=frozenset(self._inner))
            self._fields.keep(page, before.then(new, segment, is_whole=is_whole))
        return self._edits

    def _element(self, span: tuple[int, int] | None) -> None:
        """Empties the element whose attributes stand there if it is secret, and notes it."""
        element = self._new(span)
        if element is None or element.start < self._done:
            return
        is_field = is_secret(element.held)
        is_named = is_named_secret(element.held, self._names, is_typed=element.is_typed)
        if not is_field and not is_named:
            return
        number = element.number
        if is_field or element.is_filled:
            self._empty(element.start, element.end)
            number = number or self._within(element.end)
        else:
            self._cut(_HELD, element.start, element.end)
        if number is not None:
            self._found.add(number)

    def _within(self, position: int) -> int | None:
        """Empties the children that follow the attributes; gives the number that follows those."""
        children = _WITHIN.match(self._mask, position)
        if children is None:
            return None
        end = self._end(children.end())
        self._empty_all(children.end(), end)
        return _number(self._mask[end : end + _MOST_AROUND].partition(b"}")[0])

    def _end(self, start: int) -> int:
        """Where what lies within a field ends, or is looked at no further."""
        most = self._mask[start : start + _MOST_INNER]
        length = structure.value_end(most, 0)
        self._budget.spend(1 + length // _BYTES_PER_UNIT)
        self._done = start + length
        return start + length

    def _empty_all(self, start: int, end: int) -> None:
        """Empties elements and texts, and says of no choice that it was made."""
        self._cut(_WRITTEN, start, end)
        for found in _OF_ELEMENT.finditer(self._mask, start, end):
            self._empty(*found.span(1))
        for found in _CHOSEN.finditer(self._mask, start, end):
            self._budget.spend()
            self._edits.append(removal(*found.span(1), _RULE))
        self._inner.update(int(one[1]) for one in _NUMBER.finditer(self._mask, start, end))

    def _mutations(self) -> None:
        """What scripts changed of these fields and within them."""
        for found in _ADDED.finditer(self._mask):
            if self._is_known(found[1]):
                self._empty_all(found.end(), self._end(found.end()))
        for found in _TOLD_NODE.finditer(self._mask):
            if self._is_known(found[1]):
                start = found.start() + found[0].index(b"{")
                self._empty_all(start, self._end(start))
        for found in _CHANGED.finditer(self._mask):
            if self._is_known(found[1]):
                self._empty(*found.span(2))
        for found in _RETOLD.finditer(self._mask):
            if self._is_known(found[1]):
                self._budget.spend()
                self._hide(found.end())

    def _is_known(self, number: bytes) -> bool:
        return int(number) in self._found or int(number) in self._inner

    def _inputs(self, *, is_any: bool) -> None:
        """Takes out what was put into these fields, or any, by people and by scripts."""
        data, at = Surroundings(self._mask, _DATA), -1
        for found in _INPUT.finditer(self._mask):
            self._budget.spend()
            span = data.span(found.start())
            if span is None or span[0] == at:
                continue
            at = span[0]
            if is_any or _number(self._mask[slice(*span)]) in self._found:
                self._cut(_TYPED, *span)
        attributes, self._seen_at = Surroundings(self._mask, _ATTRIBUTES), -1
        for found in _VALUE.finditer(self._mask):
            self._budget.spend()
            element = self._new(attributes.span(found.start()))
            if element is not None and (is_any or element.number in self._found):
                self._empty(element.start, element.end)

    def _new(self, span: tuple[int, int] | None) -> _Element | None:
        """The element of these attributes; None where they are those that were looked at last."""
        if span is None or span[0] == self._seen_at:
            return None
        start, end = span
        self._seen_at = start
        try:
            held = _decode(self._payload[start:end])
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return None
        return _Element(start, end, held, self._beside(start, end))

    def _beside(self, start: int, end: int) -> bytes:
        """The members of an element before and after its attributes, but for its children."""
        mask = self._mask
        before = mask[max(0, start - _MOST_AROUND) : start].rpartition(b"{")[2]
        after = mask[end : end + _MOST_AROUND].partition(b"}")[0]
        return before + (b"" if b"{" in after else after)

    def _empty(self, start: int, end: int) -> None:
        """Hides what attributes hold, but for those that hold nothing of what was filled in."""
        for found in _MEMBER.finditer(self._mask, start, end):
            if not is_plain(found[1]):
                self._budget.spend()
                self._hide(found.end())

    def _cut(self, member: re.Pattern[bytes], start: int, end: int) -> None:
        for found in member.finditer(self._mask, start, end):
            self._budget.spend()
            self._hide(found.end())

    def _hide(self, start: int) -> None:
        end = structure.string_end(self._mask, start)
        content = structure.decoded(self._payload[start + 1 : end - 1])
        if not is_safe_value(content) and not _STARS.fullmatch(content):
            self._edits.append(substitution(start, end, content, _RULE))

    def _labelled(self, start: int) -> None:
        """Deals with a text that ends in the name of what stands in the text after it."""
        end = structure.string_end(self._mask, start)
        if not _LABEL.search(self._mask, end - 8, end):
            return
        following = _NEXT_TEXT.match(self._mask, end)
        if following is None:
            return
        self._labels += 1
        if self._labels > _MOST_LABELS:
            return
        label = structure.decoded(self._payload[start + 1 : end - 1])
        begin = following.end()
        finish = structure.string_end(self._mask, begin)
        content = structure.decoded(self._payload[begin + 1 : finish - 1])
        told = label[-_MOST_NAME:]
        cuts = self._redactor.cuts(told + content, FULL, self._budget, in_pair=False)
        if any(cut.start <= len(told) < cut.end for cut in cuts):
            self._hide(begin)


def _number(members: bytes) -> int | None:
    found = _NUMBER.search(members)
    return int(found[1]) if found is not None else None
