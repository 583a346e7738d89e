"""Whose turn it is among the rules whose numbers are asked of the store: those over sessions, and
those whose counters do not reach back over their window yet.

Each look costs a question over the whole window, which of a busy project takes a second. So all
of them together have a share of a tick, and take turns: many rules are looked at less often, and
those that are counted are never kept waiting.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from vedette.alerts.rules import LiveRule

MOST_SECONDS = 3.0  # of a tick
_OFTEN_SECONDS = 3600  # a window up to this is changed by ten seconds
_PAUSE_SECONDS = 60


class Turns:
    """Remembers when each rule was looked at last. For one thread."""

    def __init__(self) -> None:
        self._looked: dict[int, int] = {}

    def at(self, now: int, rules: Iterable[LiveRule]) -> Iterator[LiveRule]:
        """The rules to look at now, who has waited longest first: one at least, and no more when
        their share of the tick is over."""
        rules = list(rules)
        self._looked = {live.id: self._looked.get(live.id, 0) for live in rules}
        due = [live for live in rules if self._is_due(live, now)]
        end = time.monotonic() + MOST_SECONDS
        for live in sorted(due, key=lambda live: (self._looked[live.id], live.id)):
            self._looked[live.id] = now
            yield live
            if time.monotonic() >= end:
                return

    def _is_due(self, live: LiveRule, now: int) -> bool:
        if live.rule.window <= _OFTEN_SECONDS:
            return True
        looked = self._looked[live.id]
        return now >= looked + _PAUSE_SECONDS or now <= looked  # or the clock was set back
