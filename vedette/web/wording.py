"""Numbers, sizes and times in the short words that pages show."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from vedette import clock

_STEPS = ((60, "second"), (3600, "minute"), (86400, "hour"), (7 * 86400, "day"))
_SHORT = {"second": "s", "minute": "min", "hour": "h", "day": "d"}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def short_number(number: float) -> str:
    """12400 as 12.4k, 1367 as 1.4k; three digits at most and no needless zero."""
    amount = float(number)
    for unit in ("", "k", "M"):
        shown = _rounded(amount)
        if abs(shown) < 1000:
            return f"{shown:g}{unit}"
        amount /= 1000
    return f"{_rounded(amount):.15g}G"


def _rounded(number: float) -> float:
    """To one decimal, and to none from a hundred on."""
    return round(number) if abs(number) >= 99.95 else round(number, 1)


def exact_number(number: float) -> str:
    """12400 as 12,400."""
    return f"{number:,}"


def size(size_bytes: float) -> str:
    """A size in bytes in words people use: 3.2 MB."""
    amount = float(size_bytes)
    for unit in ("B", "KB", "MB", "GB"):
        shown = _rounded(amount)
        if abs(shown) < 1024:
            return f"{shown:g} {unit}"
        amount /= 1024
    return f"{_rounded(amount):.15g} TB"


def rate(percent: float) -> str:
    """A share that must not look better than it is: 99.996 as 99.99 %, and 100 % only for all."""
    if 0 < percent < 0.01:
        return "< 0.01 %"
    return f"{math.floor(percent * 100 + 1e-9) / 100:g} %"


def share(fraction: float) -> str:
    """A share from 0 to 1 with a digit after the point: 3.2 %; never 0 or 100 % for less."""
    percent = fraction * 100
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{round(percent, 1):g} %"


def duration(seconds: float) -> str:
    """A span of time: 80 ms, 3.2 s, 4 min, 2 h, 5 d."""
    if abs(shown := _rounded(seconds * 1000)) < 1000:
        return f"{shown:g} ms"
    if abs(shown := _rounded(seconds)) < 60:
        return f"{shown:g} s"
    seconds = round(seconds)
    for limit, unit in _STEPS[1:]:
        if abs(seconds) < limit:
            return f"{int(seconds // _SECONDS[unit])} {_SHORT[unit]}"
    return f"{int(seconds // 86400)} d"


def milliseconds(number: float | None) -> str:
    """How long something took, in milliseconds: 40 µs, 0.3 ms, 3.2 s, 1 min 58 s; "" for none."""
    if number is None:
        return ""
    if 0 < abs(number) < 0.1:
        return f"{number * 1000:.3g} µs"
    return f"{_rounded(number):g} ms" if abs(number) < 999.5 else took(number / 1000)


def took(seconds: float) -> str:
    """How long something took, to the second or the hundredth: 3.2 s, 1 min 58 s, 2 h 5 min."""
    whole = round(seconds)
    for large, small, limit in (("minute", "second", 3600), ("hour", "minute", 86400)):
        if 60 <= whole < limit:
            return _two(whole, large, small)
    return _two(whole, "day", "hour") if whole >= 86400 else duration(seconds)


def _two(seconds: int, large: str, small: str) -> str:
    """In two units, the smaller one rounded and left out where there is none of it."""
    seconds = round(seconds / _SECONDS[small]) * _SECONDS[small]
    many, rest = divmod(seconds, _SECONDS[large])
    words = f"{many} {_SHORT[large]}"
    return f"{words} {rest // _SECONDS[small]} {_SHORT[small]}" if rest else words


def ago(moment: datetime) -> str:
    """How long ago: 4 min ago; dates beyond a month are written out."""
    seconds = (clock.now() - moment).total_seconds()
    if seconds < -60:
        return absolute(moment)
    if seconds < 10:
        return "just now"
    if seconds >= 30 * 86400:
        return f"{moment:%-d %b %Y}"
    return duration(int(seconds)) + " ago"


def hour(moment: datetime) -> str:
    """What is known to the hour only: this hour, last hour, 5 h ago, 3 Mar 2026."""
    hours = int(clock.timestamp() // 3600 - moment.timestamp() // 3600)
    if hours <= 1:
        return "this hour" if hours == 0 else "last hour" if hours == 1 else absolute(moment)
    return duration(hours * 3600) + " ago" if hours < 30 * 24 else f"{moment:%-d %b %Y}"


def age(moment: datetime) -> str:
    """How old something is, in one short word: 3 d, 5 mo, 2 y."""
    seconds = max((clock.now() - moment).total_seconds(), 0)
    if seconds < 60 * 86400:
        return duration(max(int(seconds), 1))
    if seconds < 365 * 86400:
        return f"{int(seconds // (30 * 86400))} mo"
    return f"{int(seconds // (365 * 86400))} y"


def absolute(moment: datetime) -> str:
    """The exact moment in UTC: 3 Mar 2026, 14:05:09 UTC."""
    return f"{moment.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"


def plural(count: int, word: str) -> str:
    """`1 event`, `12 events`."""
    return f"{exact_number(count)} {word}" if count == 1 else f"{exact_number(count)} {word}s"
