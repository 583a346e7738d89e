"""From the numbers of a window to a level: which threshold is crossed, and whether it is over."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.rules.counting import parts_of
from vedette.rules.measures import Tally, Verdict, Window
from vedette.rules.rule import LEVELS, Level, Rule
from vedette.rules.thresholds import Threshold
from vedette.rules.windows import Sums


@dataclass(frozen=True, slots=True)
class Decision:
    """What a window says: the level it is at, whether it is over, and the deciding verdict.

    Between the mildest level and the end neither is so. `has_data` is false where nothing can be
    said, such as a share of no rows.
    """

    level: Level | None
    is_over: bool
    verdict: Verdict
    threshold: Threshold | None
    has_data: bool = True


class Decider:
    """Decides for one rule, again and again."""

    def __init__(self, rule: Rule) -> None:
        assert rule.how.judge is not None, "an edge has no window"
        self.rule = rule
        self._judge = rule.how.judge
        parts = parts_of(rule)
        self._place: dict[Threshold, int] = {}
        for threshold in rule.thresholds:
            part = rule.how.part(rule.options, threshold)
            if part is not None:
                self._place[threshold] = parts.index(part) + 1

    @property
    def needs_baseline(self) -> bool:
        """Whether verdicts compare with earlier days."""
        return self.rule.how.has_baseline

    def decide(self, sums: Sums, baseline: tuple[int, ...] = ()) -> Decision:
        """The worst level that fires, else whether it is over."""
        mildest: tuple[Verdict, Threshold] | None = None
        for level in LEVELS:
            threshold = self.rule.levels.get(level)
            if threshold is None:
                continue
            verdict = self._verdict(sums, threshold, baseline)
            if verdict.fires:
                return Decision(level, False, verdict, threshold)
            mildest = verdict, threshold
        assert mildest is not None, "a rule has a level"
        verdict, threshold = mildest
        if verdict.value is None and not sums.rows:
            return self._without_data(verdict, threshold)
        end = self.rule.resolve
        is_over = end is None or self._verdict(sums, end, baseline, is_end=True).fires
        return Decision(None, is_over, verdict, threshold)

    def _without_data(self, verdict: Verdict, threshold: Threshold) -> Decision:
        if self.rule.how.has_baseline:  # no rows at all are no spike
            return Decision(None, True, verdict, threshold)
        if self.rule.no_data == "fire":
            level = next(level for level in LEVELS if level in self.rule.levels)
            return Decision(level, False, verdict, threshold, has_data=False)
        is_over = self.rule.no_data == "resolve"
        return Decision(None, is_over, verdict, threshold, has_data=False)

    def _verdict(
        self, sums: Sums, threshold: Threshold, baseline: tuple[int, ...], *, is_end: bool = False
    ) -> Verdict:
        """A guard asks for evidence before people are woken, never before they may sleep again."""
        place = self._place.get(threshold)
        part = sums.counts[place] if place is not None and sums.counts else 0
        tally = Tally(sums.rows, part, sums.members, baseline)
        over = Window(self.rule.window) if is_end else self.rule.over
        return self._judge(tally, self.rule.options, threshold, over)
