"""Which of people's own rules have something to say of one value, and what it is.

A text is asked of all rules at once first, and so is a place: only what some rule is about is
asked of each. What that costs is bounded by the payload's budget, however many rules there are.
"""

from __future__ import annotations

import logging
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from vedette.pipeline.scrub.budget import Budget, BudgetSpent
from vedette.pipeline.scrub.own_hints import SMALL_PROGRAMS, program_size, sources_together
from vedette.pipeline.scrub.own_places import Place
from vedette.pipeline.scrub.redaction import FILTERED, LIMIT, Cut
from vedette.pipeline.scrub.rule_lines import Rule, RuleProblem, read_rule
from vedette.pipeline.scrub.safe_paths import SafePaths, any_of
from vedette.pipeline.scrub.settings import ScrubSettings
from vedette.pipeline.scrub.words import Names

log = logging.getLogger("vedette.pipeline")

_RULES_A_UNIT: Final = 8  # to ask so many rules of one value costs as much as one look
# Through the programs of all expressions, in one payload. Small ones are compiled as they are
# needed, so that what they cost is that of the text; of large ones each step is taken.
_MOST_STEPS: Final = 1 << 30


class Matching:
    """The rules of one project, in the order in which they are written.

    `has_places` is whether some are about places: what lies within a text may be one.
    """

    def __init__(self, settings: ScrubSettings, names: Names) -> None:
        self.rules = _read(settings)
        self._in_texts = [rule for rule in self.rules if rule.patterns]
        self._whole = [rule for rule in self.rules if not rule.patterns]
        self._size = program_size(self._in_texts)
        self._some_text = sources_together(self._in_texts)
        self._has_text_rules = any_of(rule.where for rule in self._in_texts)
        self._has_whole_rules = any_of(rule.where for rule in self._whole)
        self.has_places = any(not rule.is_everywhere for rule in self.rules)
        self._names = names
        self._safe_paths = SafePaths(settings.safe_fields)

    def whole(self, place: Place, budget: Budget) -> Rule | None:
        """The rule about the whole of a value, if there is one and it is not safe."""
        if not _some(self._has_whole_rules, place) or self.is_safe(place):
            return None
        try:
            budget.spend(_units(self._whole))
        except BudgetSpent:
            return self._whole[0]
        return next((rule for rule in self._whole if _is_about(rule, place)), None)

    def cuts(self, text: bytes, place: Place, budget: Budget) -> list[Cut]:
        """What goes from a text, in order and without overlap: what is written first stays."""
        is_small = self._size <= SMALL_PROGRAMS
        if is_small and not self._may_fit(text):
            return []
        if not _some(self._has_text_rules, place) or self.is_safe(place):
            return []
        try:
            if not is_small:
                budget.spend_part(len(text) * self._size / _MOST_STEPS)
                if not self._may_fit(text):
                    return []
            budget.spend(_units(self._in_texts))
            return without_overlap(
                [
                    cut
                    for rule in self._in_texts
                    if rule.is_everywhere or _is_about(rule, place)
                    for cut in _cuts_of(rule, text, budget)
                ]
            )
        except BudgetSpent:
            return [Cut(0, len(text), LIMIT)]

    def _may_fit(self, text: bytes) -> bool:
        return self._some_text is None or self._some_text.search(text) is not None

    def is_safe(self, place: Place) -> bool:
        """Whether somebody has said that this is to stay."""
        if self._names.is_safe(place.name):
            return True
        return bool(self._safe_paths) and _some(self._safe_paths.holds_steps, place)


def _is_about(rule: Rule, place: Place) -> bool:
    return _some(rule.where.holds_steps, place)


def _some(holds: Callable[[str], bool], place: Place) -> bool:
    """Whether it holds one of the paths; nearly every place has one."""
    paths = place.paths
    return holds(paths[0]) or (len(paths) > 1 and any(map(holds, paths[1:])))


def _units(rules: Sequence[Rule]) -> int:
    """What it costs to ask each of these."""
    return 1 + len(rules) // _RULES_A_UNIT


def _read(settings: ScrubSettings) -> list[Rule]:
    """The rules; one that is none any more stops no pipeline, but is told of."""
    found = []
    for line in settings.own_rules:
        try:
            found.append(read_rule(line, settings.hash_key))
        except RuleProblem as problem:
            log.error("a rule of scrubbing is left out: %s: %s", line, problem)
    return found


def _cuts_of(rule: Rule, text: bytes, budget: Budget) -> list[Cut]:
    return [
        Cut(start, end, rule.line, rule.redact(text[start:end]), rule.kind)
        for pattern in rule.patterns
        for start, end in pattern.spans(text, budget.spend)
        if end > start and text[start:end] != FILTERED
    ]


def without_overlap(cuts: Iterable[Cut]) -> list[Cut]:
    """In order; of two that overlap the one that comes first here."""
    kept: list[Cut] = []
    for cut in cuts:
        at = bisect_left(kept, cut)
        follows = at == 0 or kept[at - 1].end <= cut.start
        if follows and (at == len(kept) or cut.end <= kept[at].start):
            insort(kept, cut)
    return kept
