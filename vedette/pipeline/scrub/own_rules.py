"""Rules of people's own, on a payload that the built-in ones have been through.

Every value of the payload is met once, with its path; where a rule changes one, the remarks of
the built-in rules move with what is left. Places that hold no data of people (ids, versions,
file names; `scopes`) are left alone, as are safe fields.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from vedette.pipeline.scrub import structure
from vedette.pipeline.scrub.budget import Budget
from vedette.pipeline.scrub.edits import Edit, Mark, applied, rewrite
from vedette.pipeline.scrub.own_hints import Hints
from vedette.pipeline.scrub.own_matching import Matching, without_overlap
from vedette.pipeline.scrub.own_places import Place, Way
from vedette.pipeline.scrub.own_places import inside as inside_of
from vedette.pipeline.scrub.own_texts import is_json, members
from vedette.pipeline.scrub.redaction import Cut
from vedette.pipeline.scrub.remarks import Kind, Scrubbed
from vedette.pipeline.scrub.rule_lines import Rule
from vedette.pipeline.scrub.sections import sections
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.words import Names

# A string with what makes it a name, a bracket, a comma, or a number, true, false and null.
_TOKEN = re.compile(rb'("[^"]*+"?)(\s*+:)?|([\[{])|([\]}])|(,)|[^\s"\[\]{},:]++')
_NULL = b"null"
_SAYS_NOTHING = frozenset((_NULL, b'""', b"true", b"false"))


class OwnRules:
    """The rules of one project, in the order in which they are written."""

    def __init__(self, settings: ScrubSettings, names: Names) -> None:
        self._matching = Matching(settings, names)
        self._hints = Hints(self._matching.rules)

    def __bool__(self) -> bool:
        return bool(self._matching.rules)

    def scrub(self, found: Scrubbed) -> Scrubbed:
        """What is left of a payload, and all that was done to it."""
        mask = structure.masked(found.payload)
        positions = self._hints.positions(found.payload, mask)
        if positions is not None and not positions:
            return found
        edits = _Visit(self._matching, found.payload, mask, positions).edits()
        if not edits:
            return found
        return applied(found.payload, edits, is_doubtful=found.is_doubtful, earlier=found.remarks)


class _Visit:
    """One payload, or one text in it, from its first value to its last."""

    def __init__(
        self,
        rules: Matching,
        payload: bytes,
        mask: bytes,
        positions: list[int] | None,
        *,
        root: Place | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._rules = rules
        self._payload = payload
        self._mask = mask
        self._positions = positions
        self._is_inside = root is not None
        self._budget = budget or Budget(len(payload))
        self._way = Way(payload, mask, root)
        self._found: list[Edit] = []

    def edits(self) -> list[Edit]:
        """What the rules change, in order; none lies in another."""
        for name, start, end in self._parts():
            self._way.start(name)
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
                self._way.step()
            elif match[4]:
                self._way.leave()
            elif match[2]:
                name = self._payload[match.start(1) + 1 : match.end(1) - 1]
                self._way.name(structure.decoded(name))
            else:
                done = self._value(match, start)

    def _value(self, match: re.Match[bytes], start: int) -> int:
        """The value at `start`; returns where the next is looked for."""
        place, rule = self._way.place(start), None
        if place is not None and not (place.scope.is_uniform and place.scope.is_off):
            rule = self._rule_of(place)
            if rule is not None and not (match[3] and place.scope.is_needed):
                return self._take_whole(start, rule)
            if not match[3]:
                self._cut(start, match.end(1) if match[1] else match.end(), place)
        if match[3]:
            self._way.enter(place, start, is_list=match[3] == b"[", rule=rule)
        return start

    def _rule_of(self, place: Place) -> Rule | None:
        """The rule by which a value goes: its own, or that of what it lies in."""
        around = self._way.rule
        if around is None:
            return self._rules.whole(place, self._budget)
        return None if self._rules.is_safe(place) else around

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

    def _cut(self, start: int, end: int, place: Place) -> None:
        raw = self._payload[start:end]
        if raw in _SAYS_NOTHING or not self._is_hinted(start, end):
            return
        is_text = raw[:1] == b'"'
        content = structure.decoded(raw[1:-1]) if is_text else raw
        cuts = self._rules.cuts(content, place, self._budget)
        if is_text and self._rules.has_places and not self._is_inside:
            within = self._within(content, place)
            cuts = without_overlap([*within, *cuts]) if within else cuts
        if cuts and is_text:
            self._found.append(rewrite(start, end, content, cuts, is_plain=b"\\" not in raw))
        elif cuts:
            marks = tuple(Mark(cut.rule, Kind.REMOVED) for cut in cuts[:1])
            self._found.append(Edit(start, end, _NULL, marks))

    def _within(self, text: bytes, place: Place) -> list[Cut]:
        """What rules about places take out of a body, a query or cookies that came as a text."""
        if is_json(text, place.scope):
            mask = structure.masked(text)
            inside = _Visit(self._rules, text, mask, None, root=place, budget=self._budget)
            return [
                Cut(edit.start, edit.end, edit.marks[0].rule, edit.value, edit.marks[0].kind)
                for edit in inside.edits()
            ]
        found: list[Cut] = []
        for one in members(text, place.scope):
            named, value = inside_of(place, one.name), text[one.start : one.end]
            rule = self._rules.whole(named, self._budget)
            if rule is not None and value:
                left = b"" if rule.removes else rule.redact(value)
                found.append(Cut(one.start, one.end, rule.line, left, rule.kind))
                continue
            for cut in self._rules.cuts(value, named, self._budget):
                start, end = one.start + cut.start, one.start + cut.end
                found.append(cut._replace(start=start, end=end))
        return found

    def _is_hinted(self, start: int, end: int) -> bool:
        if self._positions is None:
            return True
        at = bisect_left(self._positions, start)
        return at < len(self._positions) and self._positions[at] < end
