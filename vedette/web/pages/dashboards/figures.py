"""A figure in large type: its words, how it changed, and its line behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vedette.dashboards.shapes import Level, Number
from vedette.web.pages.explore.words import exact, number
from vedette.web.wording import short_number

_SHORTENED_FROM = 100_000
_LEVEL_WORDS: dict[Level, str] = {
    "good": "within its thresholds",
    "warning": "beyond the threshold of a warning",
    "critical": "beyond the critical threshold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How the figure differs from before; `tone` is good, bad or ""."""

    words: str
    title: str
    direction: Literal["up", "down", ""]
    tone: Literal["good", "bad", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """What the tile shows; `unit` is set smaller; paths are in percent of width and height."""

    text: str
    unit: str
    title: str
    level: Level
    level_words: str
    change: Change | None
    line: str
    area: str


def number_view(shape: Number) -> NumberView:
    """The figure."""
    value = shape.value
    text = "–" if value is None else _short(shape.kind, value)
    bare, _, unit = text.partition(" ")
    line, area = _paths(shape.line)
    return NumberView(
        text=bare,
        unit=unit,
        title="" if value is None else exact(shape.kind, value),
        level=shape.level,
        level_words=_LEVEL_WORDS.get(shape.level, ""),
        change=_change(shape) if shape.compares and value is not None else None,
        line=line,
        area=area,
    )


def _short(kind: str, value: float) -> str:
    if kind == "integer" and abs(value) >= _SHORTENED_FROM:
        return short_number(value)
    return number(kind, value)


def _change(shape: Number) -> Change:
    now, before = shape.value, shape.before
    assert now is not None, "the caller has a value"
    if before is None:
        return Change(words="nothing before", title="", direction="", tone="")
    title = f"{_short(shape.kind, before)} in the period before"
    if shape.kind == "percentage":
        points = (now - before) * 100
        words, difference = f"{abs(points):.2g} points", points
    elif before == 0:
        words, difference = ("unchanged" if now == 0 else "from nothing"), now
    else:
        difference = (now - before) / abs(before) * 100
        words = f"{abs(difference):.0f} %" if abs(difference) < 1000 else "over tenfold"
    if abs(difference) < 0.005:
        return Change(words="unchanged", title=title, direction="", tone="")
    is_up = difference > 0
    tone: Literal["good", "bad", ""] = ""
    if shape.better:
        tone = "good" if is_up == (shape.better == "more") else "bad"
    return Change(words=words, title=title, direction="up" if is_up else "down", tone=tone)


def _paths(values: Sequence[float | None]) -> tuple[str, str]:
    """The line, and what lies below it; both empty where fewer than two steps have a value."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return "", ""
    low, high = min(0.0, *known), max(known)
    whole = high - low or 1.0
    width = 100 / (len(values) - 1)
    points = [
        f"{at * width:.2f} {96 - (value - low) / whole * 88:.2f}"
        for at, value in enumerate(values)
        if value is not None
    ]
    first, last = points[0].split()[0], points[-1].split()[0]
    line = f"M{'L'.join(points)}"
    return line, f"{line}L{last} 100L{first} 100Z"
