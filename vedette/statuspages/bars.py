"""The bars of the last days: which are drawn how, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vedette.statuspages import words
from vedette.statuspages.days import DAY, DAYS
from vedette.statuspages.shapes import ComponentShape
from vedette.uptime.intervals import Share

_MOST_TOLD: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day that was not simply up, at its place."""

    x: int
    y: int
    height: int
    tone: str
    words: str


def bar_of(number: int, tone: str, share: Share, first: float) -> Bar:
    """Apart by height as well as by colour."""
    height = {"maintenance": 22, "unknown": 12}.get(tone, 34)
    told = words.told_of(share, first + number * DAY)
    return Bar(x=number * 5, y=34 - height, height=height, tone=tone, words=told)


def path_of(numbers: Sequence[int]) -> str:
    """The days of these numbers as one path of SVG."""
    return "".join(f"M{number * 5} 0h4v34h-4z" for number in numbers)


def told_of_days(
    days: Sequence[Share], tones: Sequence[str], one: ComponentShape, first: float
) -> str:
    """The bars in a sentence, for who does not see them."""
    troubled = [
        words.told_of(share, first + number * DAY)
        for number, (share, tone) in enumerate(zip(days, tones, strict=True))
        if tone in ("down", "partial", "degraded")
    ]
    begin = f"The last {DAYS} days: {words.percent(one.uptimes.get('90d'))} up."
    if not troubled:
        return begin
    more = len(troubled) - _MOST_TOLD
    said = "; ".join(troubled[::-1][:_MOST_TOLD])
    return f"{begin} {said}{f'; and {more} more days' if more > 0 else ''}."
