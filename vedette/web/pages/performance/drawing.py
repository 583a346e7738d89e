"""Histogram and heat map of durations as SVG, both on a scale of powers of two."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2

from vedette.telemetry.distribution import Distribution
from vedette.telemetry.performance import Figures
from vedette.web.charts import Bar, Label, nice_ceiling, time_labels
from vedette.web.wording import milliseconds, short_number

_LABELS = 5
_SHOWN = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A percentile across the histogram, `x` percent from its left."""

    x: float
    words: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Bars by duration; `rows` is the same as a table."""

    bars: list[Bar]
    labels: list[Label]
    marks: list[Mark]
    top: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A time and a duration, the fuller the more there were; in percent of the whole."""

    x: float
    y: float
    width: float
    height: float
    fill: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Cells by time and duration, the slow ones on top."""

    cells: list[Cell]
    labels: list[Label]
    scale: list[str]


def histogram(spread: Distribution, figures: Figures) -> Histogram:
    """How many took how long."""
    totals = spread.totals
    top = nice_ceiling(max(round(max(totals)), 1))
    width = 100 / len(totals)
    words = [_between(spread, at) for at in range(len(totals))]
    return Histogram(
        bars=[
            Bar(
                x=round(at * width + width * 0.05, 3),
                y=round(100 - max(count / top * 100, 1.2), 3),
                width=round(width * 0.9, 3),
                height=round(max(count / top * 100, 1.2), 3),
                title=f"{words[at]}: {count:,.0f}",
            )
            for at, count in enumerate(totals)
            if count
        ],
        labels=_duration_labels(spread),
        marks=[_mark(spread, name, getattr(figures, name)) for name in _SHOWN],
        top=short_number(top),
        rows=[(words[at], f"{count:,.0f}") for at, count in enumerate(totals) if count],
    )


def heat_map(spread: Distribution) -> HeatMap:
    """When how many took how long; a cell is an octave's half high."""
    rows = [_paired(counts) for counts in spread.counts]
    high, most = len(rows[0]), max(max(counts) for counts in rows) or 1.0
    width, height = 100 / len(rows), 100 / high
    cells = [
        Cell(
            x=round(column * width, 2),
            y=round(100 - (place + 1) * height, 2),
            width=round(width, 2),
            height=round(height, 2),
            fill=round(0.12 + 0.88 * (count / most) ** 0.5, 2),
            title=f"{spread.starts[column]:%-d %b %H:%M} UTC, "
            f"{_between(spread, place * 2, 2)}: {count:,.0f}",
        )
        for column, counts in enumerate(rows)
        for place, count in enumerate(counts)
        if count
    ]
    edges = spread.edges
    return HeatMap(
        cells=cells,
        labels=time_labels(spread.starts),
        scale=[milliseconds(one) for one in (edges[-1], edges[len(edges) // 2], edges[0])],
    )


def _paired(counts: list[float]) -> list[float]:
    return [sum(counts[at : at + 2]) for at in range(0, len(counts), 2)]


def _between(spread: Distribution, place: int, buckets: int = 1) -> str:
    upper = min(place + buckets, len(spread.edges) - 1)
    return f"{milliseconds(spread.edges[place])} to {milliseconds(spread.edges[upper])}"


def _duration_labels(spread: Distribution) -> list[Label]:
    number = len(spread.edges) - 1
    step = max(ceil(number / _LABELS), 1)
    return [
        Label(
            x=round(at / number * 100, 2),
            text=milliseconds(spread.edges[at]),
            anchor="start" if at == 0 else "middle",
        )
        for at in range(0, number, step)
        if at / number < 0.96
    ]


def _mark(spread: Distribution, name: str, value: float) -> Mark:
    first, last = log2(spread.edges[0]), log2(spread.edges[-1])
    place = (log2(max(value, 0.001)) - first) / (last - first)
    return Mark(
        x=round(min(max(place, 0.0), 1.0) * 100, 2),
        words=f"{name.upper()} {milliseconds(value)}",
        name=name,
    )
