"""When maintenance is on: once, or each week by the clock of a place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

MOST_MINUTES: Final = 7 * 24 * 60


class Once(msgspec.Struct, frozen=True):
    """From `start` to `end`; without an end until somebody ends it."""

    start: float
    end: float | None = None


class Weekly(msgspec.Struct, frozen=True, kw_only=True):
    """On weekdays (0 is Monday) at a minute of the local day, for so many minutes.

    The beginning is a time on the wall: one that a change of clocks leaves out comes as much
    later as the clocks jump, one that comes twice is the first. The length is a real one, but
    none goes on after `until`.
    """

    weekdays: frozenset[int]
    start_minute: int
    minutes: int
    zone: str = "UTC"
    since: float | None = None
    until: float | None = None


def is_on(window: Once | Weekly, now: float) -> bool:
    """Whether it is now."""
    if isinstance(window, Once):
        return window.start <= now and (window.end is None or now < window.end)
    return any(start <= now < end for start, end in _around(window, now))


def spans(window: Once | Weekly, start: float, end: float) -> list[tuple[float, float]]:
    """The times at which it is on, wholly or in part between these two; they are not cut."""
    if isinstance(window, Once):
        found = [(window.start, inf if window.end is None else window.end)]
    else:
        days = int((end - start) // (24 * 3600)) + 2
        found = list(_around(window, start, days=days))
    return [(begins, ends) for begins, ends in found if begins < end and ends > start]


def next_start(window: Once | Weekly, now: float) -> float | None:
    """When it begins next, or None if it does not again."""
    if isinstance(window, Once):
        return window.start if window.start > now else None
    starts = (start for start, _ in _around(window, now, days=9) if start > now)
    return min(starts, default=None)


def _around(window: Weekly, now: float, days: int = 1) -> Iterator[tuple[float, float]]:
    """The times that may hold or follow `now`."""
    zone = ZoneInfo(window.zone)
    today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    back = window.minutes // (24 * 60) + 2
    for number in range(-back, days + 1):
        day = today + timedelta(days=number)
        if day.weekday() not in window.weekdays:
            continue
        start = _starts(day, window.start_minute, zone)
        if window.since is not None and start < window.since:
            continue
        if window.until is not None and start >= window.until:
            continue
        end = start + window.minutes * 60
        yield start, end if window.until is None else min(end, window.until)


def _starts(day: date, minute: int, zone: ZoneInfo) -> float:
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return wall.timestamp()
