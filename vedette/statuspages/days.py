"""How long a component was how on each of the last days, in one pass over its intervals.

The same as `vedette.uptime.intervals.bars` for days of 24 hours, without a question for each
day: pages of many monitors are rendered every minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vedette.uptime.changes import State
from vedette.uptime.intervals import Share, Span

DAY: Final = 86_400.0
DAYS: Final = 90


def first_of(now: float, days: int = DAYS) -> float:
    """When the first of the last days began (UTC), today among them."""
    return now - now % DAY - (days - 1) * DAY


def shares_of(spans: Iterable[Span], now: float, days: int = DAYS) -> list[Share]:
    """A share for each day, the oldest first. Spans of several monitors add up."""
    first = first_of(now, days)
    seconds: list[dict[State, float]] = [{} for _ in range(days)]
    for span in spans:
        began = max(span.began, first)
        ended = now if span.ended is None else min(span.ended, now)
        if ended <= began:
            continue
        at, last = int((began - first) // DAY), min(int((ended - first) // DAY), days - 1)
        state = span.state
        for day in range(at, last + 1):
            start = first + day * DAY
            lasted = min(ended, start + DAY) - max(began, start)
            if lasted > 0:
                held = seconds[day]
                held[state] = held.get(state, 0.0) + lasted
    return [Share(seconds=held) for held in seconds]


def uptime_of(spans: Iterable[Span], start: float, end: float) -> float | None:
    """The share of what counts in which all of them answered, each for its time."""
    answered = counted = 0.0
    for span in spans:
        if span.state not in _COUNTED:
            continue
        until = end if span.ended is None else min(span.ended, end)
        lasted = until - max(span.began, start)
        if lasted > 0:
            counted += lasted
            answered += lasted if span.state is not State.DOWN else 0.0
    return answered / counted if counted else None


_COUNTED: Final = frozenset({State.UP, State.DEGRADED, State.DOWN})
