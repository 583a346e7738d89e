"""Fields of recorded pages in which secrets stand, by what the page says of them.

A recording (rrweb's format) tells in one place what a field is, and in others what is in it: as
an attribute, and as input that names the field by its number. Called by `scrubber` for payloads
that hold pages. Works on the mask of a JSON text (see `structure`).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.budget import Budget
from vedette.pipeline.scrub.edits import Edit, substitution
from vedette.pipeline.scrub.redaction import Redactor
from vedette.pipeline.scrub.scopes import FULL
from vedette.pipeline.scrub.values import is_about
from vedette.pipeline.scrub.words import Names, counts_tokens, is_safe_value

TRIGGERS: Final = (r"cc-(?:number|csc|exp|name|given|family|additional|type)|one-time-code",)

_RULE = "@password:filter"
_NEAR = 16 << 10  # from an attribute back to where those of its element begin
_MOST_BYTES = 2 * _NEAR  # of the attributes of one element
_MOST_NAME = 200
_MOST_LABELS = 2000  # with a word for a secret in it, before another text
_MOST_AROUND = 400  # between the attributes of an element and its number
_MOST_PAGES = 2048
_MOST_FIELDS = 64  # of one page
SHOWN: Final = b"data-rr-is-password"  # of a field whose text was made readable
# Of which members the values tell what a field is, or what the text after it.
TELLING: Final = frozenset((b"type", b"autocomplete", b"name", b"property", b"textContent"))
_ATTRIBUTES, _DATA = b'"attributes"', b'"data"'
_FLAT = re.compile(rb'\s*+:\s*+(\{(?:[^"{}]++|"[^"]*+")*+\})')
_NUMBER = re.compile(rb'"id"\s*+:\s*+([0-9]{1,12})\b')
_VALUE = re.compile(rb'"value"\s*+:\s*+(?=")')
_HELD = re.compile(rb'"(?:value|content)"\s*+:\s*+(?=")')
_INPUT = re.compile(rb'"source"\s*+:\s*+5\b')
_TYPED = re.compile(rb'"text"\s*+:\s*+(?=")')
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
_STARS = re.compile(rb"(?:[*\s]|\xe2\x80\xa2|\xe2\x97\x8f|\xc2\xb7)*")  # what SDKs put for it
_SECRET_KINDS = ("current-password", "new-password", "one-time-code")
_PRESSED = ("submit", "button", "reset", "image", "checkbox", "radio")

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Fields:
    """The numbers of secret fields by page, of the pages that were looked at last.

    What is typed comes in later payloads than the field. Belongs to one thread.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, frozenset[int]] = OrderedDict()

    def of(self, page: str) -> frozenset[int]:
        """Those that are known of a page."""
        return self._pages.get(page, frozenset())

    def keep(self, page: str, numbers: frozenset[int]) -> None:
        """From now on these are known of the page."""
        self._pages.pop(page, None)
        if not page or not numbers:
            return
        self._pages[page] = frozenset(sorted(numbers)[-_MOST_FIELDS:])
        if len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)


class _Element(NamedTuple):
    """Attributes of an element: where they stand, what they are, and the element's number."""

    start: int
    end: int
    held: dict[str, Any]
    number: int | None


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
        self._seen = -1  # where the last attributes that were looked at begin
        self._at = -1  # the name of the last object that was looked for, and where that lies
        self._span = (0, 0)
        self._labels = 0

    def run(self, told: Sequence[tuple[int, bytes]], page: str) -> list[Edit]:
        """The edits, given where strings of telling names begin, and the names.

        Raises BudgetSpent.
        """
        found: set[int] = set()
        for start, name in told:
            self._budget.spend()
            if name == b"textContent":
                self._labelled(start)
            else:
                found |= self._element(start)
        before = self._fields.of(page)
        if _PASSWORD in self._payload:
            found.update(int(crumb[1]) for crumb in _CRUMB.finditer(self._payload))
        if found or before:
            self._inputs(found | before)
            # Numbers begin anew with each page; one that is recorded again tells its fields again.
            is_whole = _WHOLE_PAGE.search(self._mask) is not None
            self._fields.keep(page, frozenset(found if is_whole else found | before))
        return self._edits

    def _element(self, position: int) -> set[int]:
        """Empties the element whose attribute stands there if it is secret; gives its number."""
        element = self._around(position)
        if element is None or element.start == self._seen:
            return set()
        self._seen = element.start
        if _is_secret_field(element.held):
            self._cut(_VALUE, element.start, element.end)
        elif self._is_named(element.held):
            self._cut(_HELD, element.start, element.end)
        else:
            return set()
        return set() if element.number is None else {element.number}

    def _is_named(self, held: dict[str, Any]) -> bool:
        """Whether its name is that of a secret, and it holds what was typed or drawn."""
        if str(held.get("type")).lower() in _PRESSED:
            return False
        names = [held.get("name"), held.get("property")]
        return any(
            self._names.name_rule(name.encode("utf-8", "replace")) is not None
            and not is_about(name.encode("utf-8", "replace"))
            and not counts_tokens(name.encode("utf-8", "replace"))
            for name in names
            if isinstance(name, str)
        )

    def _inputs(self, numbers: frozenset[int] | set[int]) -> None:
        """Takes out what was put into these fields, by people and by scripts."""
        for found in _INPUT.finditer(self._mask):
            self._budget.spend()
            span = self._flat(_DATA, found.start())
            if span is not None and _number(self._mask[slice(*span)]) in numbers:
                self._cut(_TYPED, *span)
        for found in _VALUE.finditer(self._mask):
            self._budget.spend()
            element = self._around(found.start())
            if element is not None and element.number in numbers:
                self._cut(_VALUE, element.start, element.end)

    def _around(self, position: int) -> _Element | None:
        """The attributes among which a position lies."""
        span = self._flat(_ATTRIBUTES, position)
        if span is None:
            return None
        start, end = span
        try:
            held = _decode(self._payload[start:end])
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return None
        return _Element(start, end, held, _number(self._beside(start, end)))

    def _flat(self, name: bytes, position: int) -> tuple[int, int] | None:
        """Where the object of that name, without containers in it, lies around a position."""
        at = self._mask.rfind(name, max(0, position - _NEAR), position)
        if at != self._at:
            begin = at + len(name)
            found = _FLAT.match(self._mask, begin, begin + _MOST_BYTES) if at >= 0 else None
            self._at, self._span = at, found.span(1) if found is not None else (at, at)
        start, end = self._span
        return self._span if start < position < end else None

    def _beside(self, start: int, end: int) -> bytes:
        """The members of an element before and after its attributes, but for its children."""
        mask = self._mask
        before = mask[max(0, start - _MOST_AROUND) : start].rpartition(b"{")[2]
        after = mask[end : end + _MOST_AROUND].partition(b"}")[0]
        return before + (b"" if b"{" in after else after)

    def _cut(self, member: re.Pattern[bytes], start: int, end: int) -> None:
        for found in member.finditer(self._mask, start, end):
            begin = found.end()
            finish = structure.string_end(self._mask, begin)
            self._hide(begin, finish)

    def _hide(self, start: int, end: int) -> None:
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
            self._hide(begin, finish)


def _is_secret_field(held: dict[str, Any]) -> bool:
    if "data-rr-is-password" in held or str(held.get("type")).lower() == "password":
        return True
    kinds = str(held.get("autocomplete")).lower().split()
    return any(kind in _SECRET_KINDS or kind.startswith("cc-") for kind in kinds)


def _number(members: bytes) -> int | None:
    found = _NUMBER.search(members)
    return int(found[1]) if found is not None else None
