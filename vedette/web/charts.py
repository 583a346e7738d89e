"""Charts drawn at the server as SVG: readable without scripts, allowed by the strict policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from vedette.issues.reading import Bucket
from vedette.web.wording import short_number

_LABELS = 5
_NICE = (1, 2, 3, 4, 6, 8, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar in percent of the chart's width and height; `title` is read on hover."""

    x: float
    y: float
    width: float
    height: float
    title: str
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word under the chart at `x` percent; `anchor` keeps it inside the chart."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Something that happened at `x` percent of the chart; `address` leads to it.

    `kind` is release, or the level of an alert.
    """

    x: float
    name: str
    title: str
    address: str
    kind: str = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A value across the whole chart at `y` percent from its top, such as a threshold."""

    y: float
    title: str
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time within the chart, in percent of its width, such as that of an alert."""

    x: float
    width: float
    title: str
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """A bar chart with its scale; `rows` is the same as a table for screen readers."""

    bars: list[Bar]
    labels: list[Label]
    top: str
    middle: str
    rows: list[tuple[datetime, int]]
    total: int
    noun: str = "event"
    markers: list[Marker] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def sparkline_path(buckets: Sequence[Bucket], width: int, height: int) -> str:
    """The path data of a tiny bar chart: one bar for a bucket, at least one unit high."""
    if not buckets:
        return ""
    top = max(bucket.count for bucket in buckets) or 1
    step = width / len(buckets)
    bar = max(step - 1, 1)
    parts = []
    for index, bucket in enumerate(buckets):
        if bucket.count:
            tall = max(bucket.count / top * (height - 1), 1.5)
            parts.append(f"M{index * step:.1f} {height}v-{tall:.1f}h{bar:.1f}v{tall:.1f}z")
    return "".join(parts)


def bar_chart(buckets: Sequence[Bucket], noun: str = "event") -> BarChart:
    """One series of bars over time."""
    stacks = [(bucket.start, {"": bucket.count}) for bucket in buckets]
    return stacked_bar_chart(stacks, noun=noun)


def stacked_bar_chart(
    stacks: Sequence[tuple[datetime, dict[str, int]]], *, noun: str = "event"
) -> BarChart:
    """Bars over time, each a stack of named series in the order of its dict."""
    totals = [sum(parts.values()) for _, parts in stacks]
    top = nice_ceiling(max(totals, default=0))
    step = 100 / max(len(stacks), 1)
    bars = []
    for index, (start, parts) in enumerate(stacks):
        bars += _stack(start, parts, x=index * step, step=step, top=top, noun=noun)
    return BarChart(
        bars=bars,
        labels=time_labels([start for start, _ in stacks]),
        top=short_number(top),
        middle=short_number(top / 2) if top > 1 else "",
        rows=[(start, total) for (start, _), total in zip(stacks, totals, strict=True)],
        total=sum(totals),
        noun=noun,
    )


def _stack(
    start: datetime, parts: dict[str, int], *, x: float, step: float, top: int, noun: str
) -> list[Bar]:
    """The gap between bars is a fifth of a bar; a count above zero stays visible."""
    bars, used = [], 0.0
    for series, count in parts.items():
        if count <= 0:
            continue
        tall = max(count / top * 100, 1.2)
        words = f"{start:%-d %b %H:%M} UTC: {count:,} {noun}{'' if count == 1 else 's'}"
        bars.append(
            Bar(
                x=round(x + step * 0.1, 3),
                y=round(max(100 - used - tall, 0), 3),
                width=round(step * 0.8, 3),
                height=round(tall, 3),
                title=f"{words} {series.replace('_', ' ')}".strip(),
                series=series,
            )
        )
        used += tall
    return bars


def nice_ceiling(number: int) -> int:
    """The next 1, 2, 3, 4, 6 or 8 times a power of ten, so that a scale reads well."""
    power = 1
    while True:
        for factor in _NICE:
            if factor * power >= number:
                return factor * power
        power *= 10


def time_labels(starts: Sequence[datetime]) -> list[Label]:
    """Words under a chart for some of its bars, by the beginnings of all of them."""
    if len(starts) < 2:
        return [Label(x=0, text=f"{start:%-d %b}", anchor="start") for start in starts]
    length = starts[-1] - starts[0]
    form = "%H:%M" if length <= timedelta(days=2) else "%-d %b"
    step = max(ceil(len(starts) / _LABELS), 1)
    labels = []
    for index in range(0, len(starts), step):
        anchor = "start" if index == 0 else "middle"
        labels.append(
            Label(
                x=round(index / len(starts) * 100, 2),
                text=starts[index].strftime(form),
                anchor=anchor,
            )
        )
    return [label for label in labels if label.x < 96]
