"""From trigger positions to edits: what stands at each position, and what its place allows.

One `Walk` per JSON text. Positions are visited in order and each string once, so the work
is linear in the text. Called by `scrubber`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from vedette.pipeline.scrub import arguments, attributes, pairs, structure
from vedette.pipeline.scrub.budget import Budget, BudgetSpent
from vedette.pipeline.scrub.checks import is_ip_address
from vedette.pipeline.scrub.edits import Edit, address_removal, removal, rewrite, substitution
from vedette.pipeline.scrub.fields import SHOWN, TELLING
from vedette.pipeline.scrub.numbers import bare_number, names_a_count
from vedette.pipeline.scrub.redaction import LIMIT, Cut, Redactor
from vedette.pipeline.scrub.scopes import FULL, LOG_ENTRY, Carrier, Scope
from vedette.pipeline.scrub.sections import Section, sections
from vedette.pipeline.scrub.values import is_about
from vedette.pipeline.scrub.words import Names, counts_tokens, is_safe_value

_STRING = re.compile(rb'"[^"]*+"')
_COOKIE_NAME = re.compile(rb"cookies?['\"]?\Z", re.IGNORECASE)
_NAMED_COOKIE = re.compile(rb"cookie\.([^.].*)\Z", re.IGNORECASE | re.DOTALL)

_OPTION = re.compile(rb'"(\'?)--?([\w-]{2,64})\1"')
_ONE_WORD = re.compile(rb'"[^"\s]{2,128}+"')
# What names the next of a list: `"token:"`, `"X-Api-Key"`.
_LABEL = re.compile(
    rb'"(?:[^"\\]{2,128}[:=]\s?|(?:Proxy-)?Authorization|X-[\w-]{2,64})"', re.IGNORECASE
)
_MOST_REMEMBERED = 256  # bytes of a text whose edit is remembered
_MOST_KNOWN = 2000
_MOST_CUT_OFF = 64

Nested = Callable[[bytes, Scope, Budget], list[Edit]]


class Walk:
    """The edits that one text needs.

    `nested` gives the edits of a JSON text found inside a string, in its own offsets.
    """

    def __init__(
        self,
        payload: bytes,
        *,
        names: Names,
        redactor: Redactor,
        removes_addresses: bool,
        budget: Budget,
        nested: Nested | None,
    ) -> None:
        self.edits: list[Edit] = []
        self.query_start: int | None = None  # of a request's query string that is a text
        self.log_entry_start: int | None = None  # of one whose template was looked at
        self.told: list[tuple[int, bytes]] = []  # strings that may tell what a field of a page is
        self._payload = payload
        self._mask = structure.masked(payload)
        self._names = names
        self._redactor = redactor
        self._removes_addresses = removes_addresses
        self._budget = budget
        self._nested = nested
        self._known: dict[tuple[bytes, Scope], Edit | None] = {}
        # Outside of strings; what lies before it is dealt with.
        self._done = 0
        self._cookies_done = 0
        self._base = -1

    def run(self, positions: list[int], root: Scope) -> list[Edit]:
        """The edits for these trigger positions; `root` is the scope of the whole text.

        A top-level member that takes more than its share of the budget is removed. Raises
        BudgetSpent for a nested text, one without members, and where too many are removed.
        """
        cut_off = 0
        for section in sections(self._payload, self._mask, positions):
            scope = root if section.name is None else root.child(section.name)
            if scope.is_off or not section.hits:
                continue
            if self._nested is None or section.name is None:
                self._section(section, scope)
            elif not self._within_share(section, scope):
                self.edits.append(removal(section.start, section.end, LIMIT))
                cut_off += 1
                if cut_off > _MOST_CUT_OFF:
                    raise BudgetSpent
        return self.edits

    def _within_share(self, section: Section, scope: Scope) -> bool:
        floor = self._budget.share()
        try:
            self._section(section, scope)
        except BudgetSpent:
            return False
        finally:
            self._budget.restore(floor)
        return True

    def _section(self, section: Section, scope: Scope) -> None:
        self._budget.spend()
        hits = section.hits
        self._done = section.start
        if section.name is not None and hits[0] < section.start:
            self.member(section.name, section.start, scope)
        self._base = -1 if section.name is None else section.start
        if scope.is_uniform:
            self._visit_all(hits, scope)
        else:
            self._descend(hits, section, scope)

    def member(self, name: bytes, start: int, scope: Scope) -> bool:
        """Deals with the value at `start` by its name alone; whether that settled it."""
        if scope.is_address and self._removes_addresses:
            return self._remove_address(start)
        if not scope.names:
            return False
        if self._names.is_safe(name):
            return self._skip_string(start)
        if self._names.uses_defaults and _COOKIE_NAME.search(name):
            return self._cookies(start, scope)
        rule = self._names.name_rule(name)
        if rule is None:
            cookie = _NAMED_COOKIE.search(name)
            if cookie and self._redactor.is_secret_cookie(cookie[1]):
                rule = "@anything:filter"
        return rule is not None and self._remove(name, start, rule)

    def _visit_all(self, hits: list[int], scope: Scope) -> None:
        for position in hits:
            if position >= self._done:
                self._visit(position, scope)

    def _descend(self, hits: list[int], section: Section, scope: Scope) -> None:
        """Visits each hit with the scope of the container that it stands in."""
        mask = self._mask
        opened: list[tuple[int, Scope | None]] = [(section.start, scope)]
        brackets = structure.outer_brackets(mask, section.start, section.end)
        passed, bracket = section.start, next(brackets, section.end)
        flat: int | None = None
        known, inner = -1, scope  # the last flat container and its scope
        for position in hits:
            if position < self._done:
                continue
            while bracket < position:
                if mask[bracket] in structure.OPEN:
                    opened.append((bracket, scope if bracket == self._base else None))
                elif len(opened) > 1:
                    opened.pop()
                flat, passed = None, bracket + 1
                bracket = next(brackets, section.end)
            here = opened[-1][1] or self._innermost(opened)
            flat, passed = structure.flat_container(mask, passed, position, flat)
            if flat is not None and flat != self._base:
                if flat != known:
                    known, inner = flat, self._inside(here, flat)
                here = inner
            if not here.is_off:
                self._visit(position, here)

    def _inside(self, scope: Scope, start: int) -> Scope:
        """The scope inside the container at `start`, which stands in `scope`."""
        name = structure.name_before(self._payload, self._mask, start)
        return scope if name is None else scope.child(name)

    def _innermost(self, opened: list[tuple[int, Scope | None]]) -> Scope:
        """The scope of the last container, with those of all containers noted on the way."""
        known = len(opened) - 1
        while (scope := opened[known][1]) is None:
            known -= 1
        for index in range(known + 1, len(opened)):
            start = opened[index][0]
            scope = self._inside(scope, start)
            opened[index] = (start, scope)
        return scope

    def _visit(self, position: int, scope: Scope) -> None:
        """Deals with the string around `position`, if there is one."""
        mask = self._mask
        if mask.count(b'"', self._done, position) % 2 == 0:
            self._done = self._number(position, scope)
            return
        self._budget.spend()
        start = mask.rfind(b'"', self._done, position)
        end = structure.string_end(mask, start)
        self._done = end
        value = structure.value_start(mask, end)
        if value is None:
            self._string(start, end, scope)
            return
        name = self._content(start, end)
        if name == SHOWN:
            self.told.append((start, name))
        inner = scope.child(name)
        if not inner.is_off:
            self.member(name, value, inner)

    def _number(self, position: int, scope: Scope) -> int:
        """Deals with the number without quotes that may stand there; returns where to look on."""
        span = bare_number(self._payload, position)
        if span is None or not scope.text:
            return position
        self._budget.spend()
        name = structure.name_before(self._payload, self._mask, span[0]) or b""
        inner = scope.child(name)
        if inner.text and not names_a_count(name) and not self._names.is_safe(name):
            digits = self._payload[slice(*span)]
            cuts = self._redactor.cuts(digits, inner, self._budget, in_pair=False)
            self.edits += [removal(*span, cut.rule) for cut in cuts[:1]]
        return span[1]

    def _content(self, start: int, end: int) -> bytes:
        return structure.decoded(self._payload[start + 1 : end - 1])

    def _string(self, start: int, end: int, scope: Scope) -> None:
        """Deals with a string that is a value, or a name or value in a list of pairs."""
        name, in_pair = None, False
        if start != self._base:
            name = structure.name_before(self._payload, self._mask, start)
            if name in TELLING:
                self.told.append((start, name))
            if name is None:
                partner = pairs.value_of(self._mask, start, end)
                if partner is not None:
                    content = self._content(start, end)
                    if self.member(content, partner, scope.child(content)):
                        return
                name = pairs.name_of(self._payload, self._mask, start)
                in_pair = name is not None
                if name is None and self._argument(start, end):
                    return
            elif self._telling(name, start, end, scope):
                return
        inner = scope if name is None else scope.child(name)
        if inner.is_off or (name is not None and self._names.is_safe(name)):
            return
        self._note(name, start, scope, inner)
        self._text(start, end, inner, in_pair=in_pair)

    def _telling(self, name: bytes, start: int, end: int, scope: Scope) -> bool:
        """Deals with a member's text that tells what another value is; whether that settled it."""
        if name == b"stringValue":
            return self._typed_argument(start, end)
        return name in (b"key", b"name") and self._key(start, end, scope, name)

    def _note(self, name: bytes | None, start: int, outer: Scope, scope: Scope) -> None:
        """Remembers what the scrubber has to look at as a whole."""
        if name == b"query_string" and scope.carrier is Carrier.QUERY:
            self.query_start = start
        elif name == b"message" and outer is LOG_ENTRY and self._base >= 0:
            self.log_entry_start = self._base

    def _text(self, start: int, end: int, scope: Scope, *, in_pair: bool) -> None:
        if in_pair or end - start > _MOST_REMEMBERED:
            made = self._rewritten(start, end, scope, in_pair=in_pair)
        else:
            made = self._remembered(start, end, scope)
        if made is not None:
            self.edits.append(made)

    def _remembered(self, start: int, end: int, scope: Scope) -> Edit | None:
        """The edit of a short text there; pages repeat themselves."""
        key = self._payload[start:end], scope
        if key in self._known:
            known = self._known[key]
            return known and Edit(start, end, known.value, known.marks, known.original_length)
        made = self._rewritten(start, end, scope, in_pair=False)
        if len(self._known) < _MOST_KNOWN:
            self._known[key] = made
        return made

    def _rewritten(self, start: int, end: int, scope: Scope, *, in_pair: bool) -> Edit | None:
        content = self._content(start, end)
        cuts = self._cuts(content, scope, in_pair=in_pair)
        return self._edit(start, end, content, cuts) if cuts else None

    def _argument(self, start: int, end: int) -> bool:
        """Deals with what follows an option in a list: `["--password", "x"]`."""
        option = _OPTION.fullmatch(self._payload, start, end)
        if option is None:
            if _LABEL.fullmatch(self._payload, start, end) and self._labelled(start, end):
                return False
            self._arguments(start, end)
        rule = self._names.name_rule(option[2]) if option else None
        comma = structure.following(self._mask, end) if option and rule else -1
        if rule is None or self._mask[comma : comma + 1] != b",":
            return False
        value = structure.following(self._mask, comma + 1)
        if self._payload[value : value + 1] != b'"' or self._payload[value + 1 : value + 2] == b"-":
            return False
        return self._remove(b"", value, rule)

    def _typed_argument(self, start: int, end: int) -> bool:
        """The same among OpenTelemetry's values: `{"stringValue": "--password"}`."""
        option = _OPTION.fullmatch(self._payload, start, end)
        rule = self._names.name_rule(option[2]) if option else None
        following, mask = structure.following, self._mask
        closing = following(mask, end)
        comma = following(mask, closing + 1)
        if rule is None or mask[closing : closing + 1] + mask[comma : comma + 1] != b"},":
            return False
        value = attributes.string_of(mask, following(mask, comma + 1))
        if value is None or self._payload[value + 1 : value + 2] == b"-":
            return False
        return self._remove(b"", value, rule)

    def _labelled(self, start: int, end: int) -> bool:
        """Deals with what follows its name in a list, as logged: `["token:", "x"]`."""
        comma = structure.following(self._mask, end)
        value = structure.following(self._mask, comma + 1)
        if self._mask[comma : comma + 1] != b"," or self._mask[value : value + 1] != b'"':
            return False
        label = self._content(start, end).rstrip()
        label += b" " if label.endswith((b":", b"=")) else b": "
        content = self._content(value, structure.string_end(self._mask, value))
        cuts = self._redactor.cuts(label + content, FULL, self._budget, in_pair=False)
        if not any(cut.start <= len(label) < cut.end for cut in cuts):
            return False
        return self._remove(b"", value, "@password:filter")

    def _arguments(self, start: int, end: int) -> None:
        """Deals with the arguments of a command in a list: `["mysql", "-px"]`."""
        if not self._names.uses_defaults or not _ONE_WORD.fullmatch(self._payload, start, end):
            return
        found = arguments.secrets(self._payload, self._mask, start, end, self._budget.spend)
        for begin, finish, content, cut in found:
            self._rewrite(begin, finish, content, [cut])

    def _key(self, start: int, end: int, scope: Scope, member: bytes) -> bool:
        """Deals with the value that a key-value object gives this name; whether that settled it.

        One whose `member` is a `name` is that of a header or a variable where it is a text.
        """
        value = attributes.value_of_key(self._payload, self._mask, start, end)
        if value is None:
            return False
        done, name = self._done, self._content(start, end)
        if member == b"name" and (self._mask[value : value + 1] != b'"' or is_about(name)):
            return False
        string = attributes.string_of(self._mask, value)
        count = len(self.edits)
        is_settled = self.member(name, value if string is None else string, scope.child(name))
        if value < start:
            self._done = done
            if is_settled:
                self._withdraw(value, count)
        return is_settled

    def _withdraw(self, start: int, count: int) -> None:
        """Takes back the edits from `start` on, but for those after the first `count`."""
        later = self.edits[count:]
        del self.edits[count:]
        while self.edits and self.edits[-1].start >= start:
            self.edits.pop()
        self.edits += later

    def _rewrite(self, start: int, end: int, content: bytes, cuts: list[Cut]) -> None:
        self.edits.append(self._edit(start, end, content, cuts))

    def _edit(self, start: int, end: int, content: bytes, cuts: list[Cut]) -> Edit:
        is_plain = b"\\" not in self._payload[start:end]
        return rewrite(start, end, content, cuts, is_plain=is_plain)

    def _cuts(self, content: bytes, scope: Scope, *, in_pair: bool) -> list[Cut]:
        if scope.carrier is Carrier.BODY and self._nested and content.lstrip()[:1] in (b"{", b"["):
            return self._nested_cuts(content, self._nested)
        return self._redactor.cuts(content, scope, self._budget, in_pair=in_pair)

    def _nested_cuts(self, content: bytes, nested: Nested) -> list[Cut]:
        """The cuts for a JSON text in a string: all of it, if it would cost too much."""
        try:
            msgspec.json.decode(content, type=msgspec.Raw)
            msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return self._redactor.cuts(content, FULL, self._budget, in_pair=False)
        floor = self._budget.share()
        try:
            edits = nested(content, FULL, self._budget)
        except BudgetSpent:
            return [Cut(0, len(content), LIMIT)]
        finally:
            self._budget.restore(floor)
        return [Cut(edit.start, edit.end, edit.marks[0].rule, edit.value) for edit in edits]

    def _remove(self, name: bytes, start: int, rule: str) -> bool:
        """Removes the value at `start`, unless it is a literal or says nothing."""
        first = self._payload[start : start + 1]
        end = structure.value_end(self._mask, start)
        if first == b'"':
            content = self._content(start, end)
            if not is_safe_value(content):
                self.edits.append(substitution(start, end, content, rule))
        elif first in (b"{", b"["):
            self.edits += attributes.container_edits(self._payload, start, end, name, rule)
        elif first not in (b"t", b"f", b"n") and not counts_tokens(name):
            self.edits.append(removal(start, end, rule))
        self._done = end
        return True

    def _remove_address(self, start: int) -> bool:
        end = structure.value_end(self._mask, start)
        content = self._payload[start + 1 : end - 1]
        if self._payload[start : start + 1] == b'"' and content:
            is_address = is_ip_address(content)
            self.edits.append(address_removal(start, end, content, is_address=is_address))
        self._done = end
        return True

    def _skip_string(self, start: int) -> bool:
        if self._payload[start : start + 1] == b'"':
            self._done = structure.string_end(self._mask, start)
        return True

    def _cookies(self, start: int, scope: Scope) -> bool:
        """Deals with cookies at `start`: a header's string, an object, or a list of pairs."""
        if self._payload[start : start + 1] == b'"':
            end = structure.string_end(self._mask, start)
            content = self._content(start, end)
            cuts = self._redactor.cookie_cuts(content, scope, self._budget)
            if cuts:
                self._rewrite(start, end, content, cuts)
            self._done = end
        elif (string := attributes.string_of(self._mask, start)) is not None:
            return self._cookies(string, scope)
        elif start >= self._cookies_done:
            self._cookies_done = structure.value_end(self._mask, start)
            match = _STRING.search(self._mask, start, self._cookies_done)
            while match is not None:
                self._budget.spend()
                beyond = self._cookie(match.start(), match.end())
                match = _STRING.search(self._mask, beyond, self._cookies_done)
        return True

    def _cookie(self, start: int, end: int) -> int:
        """Deals with the cookie whose name this string may be; returns where to look on."""
        value = structure.value_start(self._mask, end)
        if value is None:
            value = pairs.value_of(self._mask, start, end)
        name = self._content(start, end)
        if value is None:
            self._lone_cookie(start, end, name)
            return end
        if not self._redactor.is_secret_cookie(name):
            return end
        done = self._done
        self._remove(name, value, self._names.name_rule(name) or "@anything:filter")
        beyond, self._done = self._done, done
        return beyond

    def _lone_cookie(self, start: int, end: int, content: bytes) -> None:
        """Deals with a header's text in a list of such: `["sessionid=x; Path=/"]`."""
        cuts = self._redactor.cookie_cuts(content, FULL, self._budget) if b"=" in content else []
        if cuts:
            self._rewrite(start, end, content, cuts)
