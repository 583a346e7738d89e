"""Uptime out of intervals of states: the share of the time that counts in which it answered.

Degraded is up. Times in which nothing was known, in maintenance, paused or before the first
result do not count, and are shown apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from vedette.uptime.changes import State

_ANSWERING = (State.UP, State.DEGRADED)
_APART = (State.UNKNOWN, State.MAINTENANCE, State.PAUSED, State.NEW)


class Span(msgspec.Struct, frozen=True):
    """A state from `began` until `ended`, in whatever unit; None for one that goes on."""

    state: State
    began: float
    ended: float | None = None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How long it was how, and what share of the time that counts it answered.

    `uptime` is None where no time counts.
    """

    seconds: dict[State, float]

    @property
    def counted(self) -> float:
        """The time that counts."""
        return sum(self.seconds.get(one, 0.0) for one in (*_ANSWERING, State.DOWN))

    @property
    def uptime(self) -> float | None:
        """From 0 to 1."""
        counted = self.counted
        if counted <= 0:
            return None
        return sum(self.seconds.get(one, 0.0) for one in _ANSWERING) / counted

    @property
    def apart(self) -> dict[State, float]:
        """The times that do not count."""
        return {one: self.seconds[one] for one in _APART if self.seconds.get(one)}


def share_of(spans: Iterable[Span], start: float, end: float) -> Share:
    """What lies within `start` and `end`."""
    seconds: dict[State, float] = {}
    for span in spans:
        until = end if span.ended is None else min(span.ended, end)
        lasted = until - max(span.began, start)
        if lasted > 0:
            seconds[span.state] = seconds.get(span.state, 0.0) + lasted
    return Share(seconds=seconds)


def bars(spans: Sequence[Span], edges: Sequence[float]) -> list[Share]:
    """One share for each time between two neighbouring edges, as for each of 90 days.

    `spans` are in order and do not overlap.
    """
    made: list[Share] = []
    first = 0
    for start, end in pairwise(edges):
        while first < len(spans) and (ended := spans[first].ended) is not None and ended <= start:
            first += 1
        last = first
        while last < len(spans) and spans[last].began < end:
            last += 1
        made.append(share_of(spans[first:last], start, end))
    return made
