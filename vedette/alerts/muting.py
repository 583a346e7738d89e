"""Times of the week at which a route is quiet: `Mon-Fri 18:00-08:00 Europe/Berlin`, `Sat-Sun`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = re.compile(
    r"(?P<days>[a-z]{3}(?:\s*[-,]\s*[a-z]{3})*)"
    r"(?:\s+(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2}))?"
    r"(?:\s+(?P<zone>[A-Za-z_+/0-9-]+))?",
    re.IGNORECASE,
)
_STEP = timedelta(minutes=1)
_LONGEST = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class MuteTime:
    """Days of the week, and from when until when on each; past midnight if it ends earlier."""

    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies within."""
        local = moment.astimezone(self.zone)
        now, day = local.time(), local.weekday()
        if self.start == self.end:
            return day in self.days
        if self.start < self.end:
            return day in self.days and self.start <= now < self.end
        before = (day - 1) % 7
        return (day in self.days and now >= self.start) or (before in self.days and now < self.end)


def read_mute_time(text: str) -> MuteTime:
    """A time of the week as it is written. Raises ValueError in words."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no time of the week: Mon-Fri 18:00-08:00 Europe/Berlin")
    try:
        zone = ZoneInfo(found["zone"] or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {found['zone']!r}") from None
    start = _time(found["start"] or "00:00")
    return MuteTime(_days(found["days"]), start, _time(found["end"] or "00:00"), zone)


def never_ends(mute: Sequence[str], now: datetime) -> bool:
    """Whether these times together are the whole week: nothing would ever be told."""
    times = [read_mute_time(text) for text in mute]
    return any(one.holds(now) for one in times) and next_moment(mute, now) == now


def next_moment(mute: Sequence[str], moment: datetime) -> datetime:
    """The first moment from this one at which nothing is muted; it itself if that never ends."""
    minute = moment.astimezone(UTC).replace(second=0, microsecond=0)
    until = _quiet_until(tuple(mute), minute) if mute else minute
    return moment if until == minute else until


@lru_cache(maxsize=256)
def _quiet_until(mute: tuple[str, ...], minute: datetime) -> datetime:
    """Remembered, since all alerts of a moment ask the same."""
    times = []
    for text in mute:
        try:
            times.append(read_mute_time(text))
        except ValueError:
            continue
    at, last = minute, minute + _LONGEST
    while any(one.holds(at) for one in times):
        at += _STEP
        if at > last:
            return minute
    return at


def _days(written: str) -> frozenset[int]:
    found: set[int] = set()
    for part in written.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last and last not in _DAYS):
            raise ValueError(f"{part!r} are no days: Mon, Tue, Wed, Thu, Fri, Sat, Sun")
        day, end = _DAYS.index(first), _DAYS.index(last or first)
        found.add(day)
        while day != end:
            day = (day + 1) % 7
            found.add(day)
    return frozenset(found)


def _time(text: str) -> time:
    hour, _, minute = text.partition(":")
    if int(hour) * 60 + int(minute) > 24 * 60 or int(minute) > 59:
        raise ValueError(f"{text!r} is no time of day")
    return time(int(hour) % 24, int(minute))
