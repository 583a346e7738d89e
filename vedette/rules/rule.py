"""A rule: what is counted, when that fires, and when it is over."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from vedette.rules.guard import Guard
from vedette.rules.measures import Form, Measure, Window, measures
from vedette.rules.sources import sources
from vedette.rules.thresholds import Threshold

Level: TypeAlias = Literal["warning", "critical"]
NoData: TypeAlias = Literal["hold", "resolve", "fire"]
LEVELS: tuple[Level, ...] = ("critical", "warning")  # the worse first
EDGE_QUIET_SECONDS = 300  # further events of one issue are told at most so often


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that can be evaluated: everything checked, spans in seconds.

    `per` are keys of a search, or `issue`: each combination of their values is an alert of its
    own. `levels` of an edge rule have no threshold. `options` are of the measure's type.
    """

    name: str
    source: str
    measure: str
    options: Any
    filter: str = ""
    per: tuple[str, ...] = ()
    window: int = 0
    levels: dict[Level, Threshold | None]
    resolve: Threshold | None = None
    guard: Guard | None = None
    wait: int = 0
    keep_firing: int = 0
    no_data: NoData = "hold"

    @property
    def how(self) -> Measure:
        """The measure's kind."""
        return measures()[self.measure]

    @property
    def is_of_silence(self) -> bool:
        """Whether few or no rows make it fire."""
        lower = [one for one in self.levels.values() if one is not None and not one.is_upper]
        is_counted = not self.how.is_share and not self.how.needs_rows
        return self.no_data == "fire" or (bool(lower) and is_counted)

    @property
    def is_edge(self) -> bool:
        """Whether single rows or issues make it fire."""
        return self.how.form is Form.EDGE

    @property
    def is_of_issues(self) -> bool:
        """Whether its alerts live as long as an issue does: nothing else says when they are over.

        What is told with a beginning and an end, such as the state of a monitor, ends by that.
        """
        return self.is_edge and not sources()[self.source].is_told

    @property
    def is_asked(self) -> bool:
        """Whether its numbers are asked of the store at each look, not counted as rows come."""
        return sources()[self.source].is_asked

    @property
    def over(self) -> Window:
        """What verdicts are about."""
        return Window(self.window, self.guard)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Of the levels, the worse first, then the one below which it is over."""
        found = [self.levels[level] for level in LEVELS if level in self.levels]
        return tuple(one for one in (*found, self.resolve) if one is not None)
