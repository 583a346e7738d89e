"""Values that are not texts: dates, spans of time, durations, numbers, booleans.

Every function takes the value as written and returns None where it is not of that form,
except that a date that no calendar has raises BadValue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from vedette.search.errors import BadValue
from vedette.search.tokens import DATE

EXAMPLES_OF_TIME: Final = "-24h (the last 24 hours), +24h (before that) or 2026-01-31T08:00:00"


@dataclass(frozen=True, slots=True)
class Relative:
    """A span of time before the present: `-` means since then, `+` until then."""

    sign: str
    span: timedelta


def date(text: str) -> datetime | None:
    """An ISO 8601 date, or date and time; UTC unless it names an offset."""
    if not _DATE.fullmatch(text):
        return None
    day, rest = text[:10], text[10:]
    clock, offset = (
        (rest, "")
        if not (found := _OFFSET.search(rest))
        else (
            rest[: found.start()],
            found[0],
        )
    )
    try:
        moment = datetime.fromisoformat(day + (clock or "T00:00:00") + (offset or "Z"))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue(f"{text} is not a date in any calendar") from None


def around(text: str, moment: datetime) -> tuple[datetime, datetime]:
    """From and until (excluded) for a date without an operator: that day, or those minutes."""
    try:
        if len(text) == len("2026-01-31"):
            return moment, moment + timedelta(days=1)
        return moment - timedelta(minutes=5), moment + timedelta(minutes=6)
    except OverflowError:
        raise BadValue(f"{text} is too far away") from None


def relative(text: str) -> Relative | None:
    """A signed span such as `-24h`, in weeks, days, hours or minutes."""
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return None
    try:
        return Relative(found[1], int(found[2]) * _SPANS[found[3]])
    except (OverflowError, ValueError):
        raise BadValue(f"{text} is too far away") from None


def before(moment: datetime, span: timedelta) -> datetime:
    """The time that lies `span` before a moment. Raises BadValue where there is none."""
    try:
        return moment - span
    except OverflowError:
        raise BadValue("this is too far away") from None


def duration(text: str) -> float | None:
    """Milliseconds of a number with a unit of time: `1.5s`, `5min`, `2wk`."""
    found = _DURATION.fullmatch(text)
    return float(found[1]) * _MILLISECONDS[found[2]] if found else None


def number(text: str) -> float | None:
    """A number, perhaps in thousands (k), millions (m) or billions (b)."""
    found = _NUMBER.fullmatch(text)
    return float(found[1]) * _FACTORS[found[2] or ""] if found else None


def boolean(text: str) -> bool | None:
    """`true`, `1`, `false` or `0`, in any case of letters."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())


_SPANS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
_SECOND = 1000.0
_MILLISECONDS = {
    "ms": 1.0,
    "s": _SECOND,
    **dict.fromkeys(("m", "min"), 60 * _SECOND),
    **dict.fromkeys(("h", "hr"), 3600 * _SECOND),
    **dict.fromkeys(("d", "day"), 86400 * _SECOND),
    **dict.fromkeys(("w", "wk"), 7 * 86400 * _SECOND),
}
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}

_DATE = re.compile(DATE, re.ASCII)
_OFFSET = re.compile(r"Z|[+-]\d{2}:\d{2}\Z", re.ASCII)
_RELATIVE = re.compile(r"([+-])([0-9]+)([wdhm])")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?)(ms|s|min|m|hr|h|day|d|wk|w)")
_NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]*)?)([kmb])?")
