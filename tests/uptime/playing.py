"""A monitor that is judged result by result, and what was seen of it."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.probing.result import Outcome
from vedette.uptime import covers
from vedette.uptime.changes import Change, ChangeKind, State
from vedette.uptime.judging import Finding, judge
from vedette.uptime.policy import Policy

LETTERS = {
    "o": (Outcome.OK, 100.0),
    "s": (Outcome.OK, 1500.0),
    "m": (Outcome.OK, 900.0),
    "d": (Outcome.DEGRADED, 100.0),
    "f": (Outcome.FAIL, 100.0),
    "u": (Outcome.UNKNOWN, 0.0),
}
START = 1_000_000.0


class Played:
    """One monitor. `letters` are results, one each `policy.interval`."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self.standing = covers.begin(START)
        self.now = START
        self.changes: list[Change] = []
        self.states: list[State] = []

    def plays(self, letters: Iterable[str]) -> Played:
        """Judge them all."""
        for letter in letters:
            self.now += self.policy.interval
            outcome, ms = LETTERS[letter]
            self.sees(Finding(due=self.now, outcome=outcome, ms=ms))
        return self

    def sees(self, finding: Finding) -> None:
        """Judge one."""
        self.standing, found = judge(self.policy, self.standing, finding, now=self.now)
        self.changes += found
        self.states.append(self.standing.shown)

    @property
    def kinds(self) -> list[ChangeKind]:
        """What has happened."""
        return [one.kind for one in self.changes]
