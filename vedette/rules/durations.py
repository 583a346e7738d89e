"""Spans of time as people write them: `90s`, `5m`, `1h`, `7d`."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_WORDS = {
    "s": ("second", "seconds"),
    "m": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "w": ("week", "weeks"),
}
_MOST_SECONDS = 366 * 86400
_WRITTEN = re.compile(r"([0-9]{1,9})\s*([smhdw]?)")


def seconds_of(written: str | int) -> int:
    """The seconds of a span; a bare number is seconds. Raises ValueError in words."""
    found = _WRITTEN.fullmatch(str(written).strip().lower())
    if found is None or isinstance(written, bool):
        raise ValueError(f"{written!r} is no span of time: write 90s, 5m, 1h or 7d")
    seconds = int(found[1]) * _SECONDS[found[2] or "s"]
    if seconds > _MOST_SECONDS:
        raise ValueError(f"{written} is longer than a year")
    return seconds


def written(seconds: int) -> str:
    """The shortest way to write it: 3600 is `1h`."""
    number, unit = _largest(seconds)
    return f"{number}{unit}"


def in_words(seconds: int) -> str:
    """As a sentence says it: `5 minutes`, `1 hour`."""
    number, unit = _largest(seconds)
    return f"{number} {_WORDS[unit][number != 1]}"


def _largest(seconds: int) -> tuple[int, str]:
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return seconds // _SECONDS[unit], unit
    return seconds, "s"
