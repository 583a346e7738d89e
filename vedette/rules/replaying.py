"""What a rule would have done: the same counting and deciding over rows in their order of receipt.

The clock ticks every ten seconds, as in the live product; a row counts from the tick after it
was received, under the time at which it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.facts import RowsCounted
from vedette.rules.counting import TICK_SECONDS, bucket_width, counter_of
from vedette.rules.deciding import Decider
from vedette.rules.machine import Change, Instance, State, step
from vedette.rules.rule import Level, Rule
from vedette.rules.watching import Watcher
from vedette.rules.windows import Key, Place, Windows

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Happening:
    """What would have happened to the alert of one key at one tick (seconds since 1970)."""

    at: int
    key: Key
    change: Change
    level: Level
    value: float | None


class Replay:
    """A rule over windows, fed row by row or by numbers that were counted elsewhere."""

    def __init__(self, rule: Rule) -> None:
        self.counter = counter_of(rule)
        self.rule = rule
        self._windows = Windows()
        self._held: dict[Key, Instance] = {}
        self._watcher = Watcher([self.counter])
        self._decider = Decider(rule)
        self._place: Place = (0, self.counter.id)
        self._width = bucket_width(rule.window)

    def run(self, rows: Iterable[Mapping[str, Any]], start: int, end: int) -> Iterator[Happening]:
        """Everything between two ticks. Rows have `received` and `timestamp` in microseconds."""
        tick = start + TICK_SECONDS
        for row in rows:
            while row["received"] >= tick * _MICROSECONDS and tick <= end:
                yield from self.look(tick)
                tick += TICK_SECONDS
            self.see(row)
        while tick <= end:
            yield from self.look(tick)
            tick += TICK_SECONDS

    def see(self, row: Mapping[str, Any]) -> None:
        """Count one row."""
        for fact in self._watcher.see(self.counter.table, row):
            assert isinstance(fact, RowsCounted)
            self.count(fact.key, fact.bucket, fact.counts, fact.members)

    def count(
        self, key: Key, bucket: int, counts: Sequence[int], members: Iterable[int] = ()
    ) -> None:
        """Count rows of a key that lie in the bucket beginning then."""
        self._windows.add(self._place, key, bucket, counts, members)

    def look(self, now: int) -> Iterator[Happening]:
        """What changes at a tick."""
        start = -(-(now - self.rule.window) // self._width) * self._width
        keys = {*self._windows.keys(self._place), *self._held}
        if not self.counter.keys:
            keys.add(())
        for key in sorted(keys):
            sums = self._windows.sums(self._place, key, start, now)
            held = self._held.get(key)
            decision = self._decider.decide(sums)
            after, change = step(self.rule, held, decision, now)
            if after is None or after.state is State.OVER:
                self._held.pop(key, None)
            else:
                self._held[key] = after
            if change is not None:
                level = (after or held).level  # type: ignore[union-attr]
                yield Happening(now, key, change, level, decision.verdict.value)
        if now % 600 == 0:
            self._windows.forget(self._place, start)
