"""Rules of people's own, on a payload that the built-in ones have been through.

Every value of the payload is met once, with its path; where a rule changes one, the remarks of
the built-in rules move with what is left. Places that hold no data of people (ids, versions,
file names; `scopes`) are left alone, as are safe fields.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.budget import Budget, BudgetSpent
from vedette.pipeline.scrub.edits import Edit, Mark, applied, rewrite
from vedette.pipeline.scrub.own_hints import Hints
from vedette.pipeline.scrub.redaction import FILTERED, LIMIT, Cut
from vedette.pipeline.scrub.remarks import Kind, Scrubbed
from vedette.pipeline.scrub.rule_lines import Rule, RuleProblem, read_rule
from vedette.pipeline.scrub.safe_paths import SafePaths
from vedette.pipeline.scrub.scopes import PAYLOAD, Scope
from vedette.pipeline.scrub.sections import sections
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.words import Names

log = logging.getLogger("vedette.pipeline")

# A string with what makes it a name, a bracket, a comma, or a number, true, false and null.
_TOKEN = re.compile(rb'("[^"]*+"?)(\s*+:)?|([\[{])|([\]}])|(,)|[^\s"\[\]{},:]++')
_NULL = b"null"
_SAYS_NOTHING = frozenset((_NULL, b'""', b"true", b"false"))


class _Level:
    """A container that is open: its path with a slash at the end, and where in it we are."""

    __slots__ = ("index", "is_list", "name", "path", "scope")

    def __init__(self, path: str, scope: Scope, *, is_list: bool) -> None:
        self.path = path
        self.scope = scope
        self.is_list = is_list
        self.index = 0
        self.name = b""


class OwnRules:
    """The rules of one project, in the order in which they are written."""

    def __init__(self, settings: ScrubSettings, names: Names) -> None:
        read = _read(settings)
        self._in_texts = [rule for rule in read if rule.patterns]
        self._whole = [rule for rule in read if not rule.patterns]
        self._hints = Hints(read)
        self._names = names
        self._safe_paths = SafePaths(settings.safe_fields)

    def __bool__(self) -> bool:
        return bool(self._in_texts or self._whole)

    def scrub(self, found: Scrubbed) -> Scrubbed:
        """What is left of a payload, and all that was done to it."""
        mask = structure.masked(found.payload)
        positions = self._hints.positions(found.payload, mask)
        if positions is not None and not positions:
            return found
        edits = _Visit(self, found.payload, mask, positions).edits()
        if not edits:
            return found
        return applied(found.payload, edits, is_doubtful=found.is_doubtful, earlier=found.remarks)

    def whole(self, path: str, name: bytes) -> Rule | None:
        """The rule about the whole of a value, if there is one and it is not safe."""
        for rule in self._whole:
            if rule.where.holds_steps(path) and not self.is_safe(path, name):
                return rule
        return None

    def cuts(self, text: bytes, path: str, name: bytes, budget: Budget) -> list[Cut]:
        """What goes from a text, in order and without overlap: what is written first stays."""
        found: list[Cut] = []
        try:
            for rule in self._in_texts:
                if not rule.is_everywhere and not rule.where.holds_steps(path):
                    continue
                found += _cuts_of(rule, text, budget)
        except BudgetSpent:
            found = [Cut(0, len(text), LIMIT)]
        if not found or self.is_safe(path, name):
            return []
        return _without_overlap(found)

    def is_safe(self, path: str, name: bytes) -> bool:
        """Whether somebody has said that this is to stay."""
        return self._names.is_safe(name) or self._safe_paths.holds_steps(path)


class _Visit:
    """One payload, from its first value to its last."""

    def __init__(
        self, rules: OwnRules, payload: bytes, mask: bytes, positions: list[int] | None
    ) -> None:
        self._rules = rules
        self._payload = payload
        self._mask = mask
        self._positions = positions
        self._budget = Budget(len(payload))
        self._open: list[_Level] = []
        self._found: list[Edit] = []

    def edits(self) -> list[Edit]:
        """What the rules change, in order; none lies in another."""
        for name, start, end in self._parts():
            self._open = [] if name is None else [_Level("", PAYLOAD, is_list=False)]
            for level in self._open:
                level.name = name or b""
            self._visit(start, end)
        return self._found

    def _parts(self) -> Iterator[tuple[bytes | None, int, int]]:
        """The members in which there is something to look at, or the whole."""
        if self._positions is None:
            yield None, 0, len(self._payload)
            return
        for one in sections(self._payload, self._mask, self._positions):
            yield one.name, one.start, one.end

    def _visit(self, start: int, end: int) -> None:
        done = start
        for match in _TOKEN.finditer(self._mask, start, end):
            start = match.start()
            if start < done:
                continue  # within what goes whole
            if match[5]:
                self._next()
            elif match[4]:
                if self._open:
                    self._open.pop()
            elif match[2]:
                self._name(match.start(1), match.end(1))
            else:
                done = self._value(match, start)

    def _next(self) -> None:
        if self._open:
            self._open[-1].index += 1

    def _name(self, start: int, end: int) -> None:
        if self._open:
            self._open[-1].name = structure.decoded(self._payload[start + 1 : end - 1])

    def _value(self, match: re.Match[bytes], start: int) -> int:
        """The value at `start`; returns where the next is looked for."""
        level = self._open[-1] if self._open else None
        path, name, scope = "", b"", PAYLOAD
        if level is not None:
            name = b"" if level.is_list else level.name
            step = str(level.index) if level.is_list else _step(name)
            path = level.path + step
            scope = level.scope if level.is_list else level.scope.child(name)
        is_touched = level is not None and not (scope.is_uniform and scope.is_off)
        if is_touched and (rule := self._rules.whole(path, name)) is not None:
            return self._take_whole(start, rule)
        if match[3]:
            prefix = path + "/" if level is not None else ""
            self._open.append(_Level(prefix, scope, is_list=match[3] == b"["))
        elif is_touched:
            self._cut(start, match.end(1) if match[1] else match.end(), path, name)
        return start

    def _take_whole(self, start: int, rule: Rule) -> int:
        end = structure.value_end(self._mask, start)
        raw = self._payload[start:end]
        is_text = raw[:1] == b'"'
        if raw in _SAYS_NOTHING:
            return end
        content = structure.decoded(raw[1:-1]) if is_text else raw
        if rule.removes or not is_text:
            self._found.append(Edit(start, end, _NULL, (Mark(rule.line, Kind.REMOVED),)))
        else:
            cut = Cut(0, len(content), rule.line, rule.redact(content), rule.kind)
            self._found.append(rewrite(start, end, content, [cut], is_plain=False))
        return end

    def _cut(self, start: int, end: int, path: str, name: bytes) -> None:
        raw = self._payload[start:end]
        if raw in _SAYS_NOTHING or not self._is_hinted(start, end):
            return
        is_text = raw[:1] == b'"'
        content = structure.decoded(raw[1:-1]) if is_text else raw
        cuts = self._rules.cuts(content, path, name, self._budget)
        if cuts and is_text:
            is_plain = len(content) == len(raw) - 2
            self._found.append(rewrite(start, end, content, cuts, is_plain=is_plain))
        elif cuts:
            marks = tuple(Mark(cut.rule, Kind.REMOVED) for cut in cuts[:1])
            self._found.append(Edit(start, end, _NULL, marks))

    def _is_hinted(self, start: int, end: int) -> bool:
        if self._positions is None:
            return True
        at = bisect_left(self._positions, start)
        return at < len(self._positions) and self._positions[at] < end


def _read(settings: ScrubSettings) -> list[Rule]:
    """The rules; one that is none any more stops no pipeline, but is told of."""
    found = []
    for line in settings.own_rules:
        try:
            found.append(read_rule(line, settings.hash_key))
        except RuleProblem as problem:
            log.error("a rule of scrubbing is left out: %s: %s", line, problem)
    return found


def _step(name: bytes) -> str:
    return name.decode("utf-8", "replace").replace("/", "\0")


def _cuts_of(rule: Rule, text: bytes, budget: Budget) -> list[Cut]:
    return [
        Cut(start, end, rule.line, rule.redact(text[start:end]), rule.kind)
        for pattern in rule.patterns
        for start, end in pattern.spans(text, budget.spend)
        if end > start and text[start:end] != FILTERED
    ]


def _without_overlap(cuts: Sequence[Cut]) -> list[Cut]:
    kept: list[Cut] = []
    for cut in cuts:
        at = bisect_left(kept, cut)
        follows = at == 0 or kept[at - 1].end <= cut.start
        if follows and (at == len(kept) or cut.end <= kept[at].start):
            insort(kept, cut)
    return kept
