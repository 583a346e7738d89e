"""Several series over time, drawn at the server as SVG: lines, or bars that stand on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import floor, log10
from typing import Literal, TypeAlias

from vedette.web.charts import Label, Marker, time_labels

COLOURS = 10  # those after them begin again
_NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_MOST_TOLD = 12  # series named on hover
Filled: TypeAlias = Literal["", "under", "stacked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: a value for each step, None where there is none.

    `colour` is a number from 1, 0 the grey of what is left; `is_dashed` is for what is compared.
    """

    name: str
    values: Sequence[float | None]
    colour: int = 1
    is_dashed: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A line in percent of the chart's width and height, as SVG path data.

    `dots` are values that stand alone.
    """

    data: str
    dots: str
    colour: int
    is_dashed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a bar in percent of the chart's width and height."""

    x: float
    y: float
    width: float
    height: float
    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What lies below a line in percent of the chart's width and height, as SVG path data.

    `is_edged` where no line is drawn above it.
    """

    data: str
    colour: int
    is_edged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of time in percent of the chart's width; `title` says every value of it."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChart:
    """What `components/time_chart.html` shows; `rows` is the same as a table.

    It lasts from `start` to `end`, in seconds since 1970.
    """

    series: list[Series]
    start: int
    end: int
    step: int
    areas: list[Area] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    columns: list[Step] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    top: str = ""
    middle: str = ""
    bottom: str = "0"
    rows: list[tuple[datetime, list[str]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was in any step."""
        return not any(value for one in self.series for value in one.values)


def time_chart(
    starts: Sequence[int],
    step: int,
    series: Sequence[Series],
    words: Callable[[float], str],
    *,
    on_scale: Callable[[float], str] | None = None,
    is_stacked: bool = False,
    filled: Filled = "",
    floor: float = 0.0,
    markers: Sequence[Marker] = (),
) -> TimeChart:
    """The chart of series whose steps begin at these seconds.

    `words` writes a value, `on_scale` one at the side of the chart, where there is little room.
    `is_stacked` makes bars; `filled` makes areas `under` each line, or `stacked` on each other. The
    scale of lines may begin at a `floor` below all values.
    """
    if floor:
        return _above(floor, starts, step, series, words, on_scale or words, markers)
    at_side = on_scale or words
    solid = [one for one in series if not one.is_dashed]
    stacked = solid if is_stacked else []
    piled = solid if is_stacked or filled == "stacked" else []
    top = nice_top(max([*_heights(piled), *_values(series, piled)], default=0))
    width = 100 / max(len(starts), 1)
    times = [datetime.fromtimestamp(start, UTC) for start in starts]
    return TimeChart(
        series=list(series),
        start=starts[0] if starts else 0,
        end=starts[-1] + step if starts else 0,
        step=step,
        areas=_areas(solid, filled, width, top) if filled else [],
        paths=[_path(one, width, top) for one in series if one not in piled],
        blocks=_blocks(stacked, len(starts), width, top),
        columns=[
            _step(at, time, step, series, width=width, words=words) for at, time in enumerate(times)
        ],
        labels=time_labels(times),
        markers=list(markers),
        top=at_side(top),
        middle=at_side(top / 2),
        rows=[
            (time, [_told(one.values[at], words) for one in series])
            for at, time in enumerate(times)
        ],
    )


def _above(
    floor: float,
    starts: Sequence[int],
    step: int,
    series: Sequence[Series],
    words: Callable[[float], str],
    at_side: Callable[[float], str],
    markers: Sequence[Marker],
) -> TimeChart:
    """The lines of what the values are above the floor, told as the values themselves."""
    lowered = [
        replace(one, values=[None if value is None else value - floor for value in one.values])
        for one in series
    ]
    made = time_chart(
        starts,
        step,
        lowered,
        lambda value: words(value + floor),
        on_scale=lambda value: at_side(value + floor),
        markers=markers,
    )
    return replace(made, bottom=at_side(floor))


def nice_top(number: float) -> float:
    """The next number above that reads well as the end of a scale."""
    if number <= 0:
        return 1
    power = 10.0 ** floor(log10(number))
    return float(next(nice * power for nice in _NICE if nice * power >= number * 0.9999))


def _heights(stacked: Sequence[Series]) -> list[float]:
    return [
        sum(value or 0 for value in values)
        for values in zip(*(one.values for one in stacked), strict=True)
    ]


def _values(series: Sequence[Series], stacked: Sequence[Series]) -> list[float]:
    lines = [one for one in series if one not in stacked]
    return [value for one in lines for value in one.values if value is not None]


def _path(one: Series, width: float, top: float) -> Path:
    """A stroke for each run of steps that have a value, a dot for one alone."""
    runs: list[list[str]] = [[]]
    for at, value in enumerate(one.values):
        if value is None:
            runs.append([])
            continue
        height = 100 - min(max(value / top, 0), 1) * 100
        runs[-1].append(f"{(at + 0.5) * width:.2f} {height:.2f}")
    return Path(
        data="".join("M" + "L".join(run) for run in runs if len(run) > 1),
        dots="".join(f"M{run[0]}h0" for run in runs if len(run) == 1),
        colour=one.colour,
        is_dashed=one.is_dashed,
    )


def _areas(series: Sequence[Series], filled: Filled, width: float, top: float) -> list[Area]:
    """Stacked, the first series lies at the bottom; a step without a value counts as nothing."""
    if filled == "under":
        return [Area(data=_under(one, width, top), colour=one.colour) for one in series]
    floors = [0.0] * max((len(one.values) for one in series), default=0)
    found = []
    for one in series:
        roofs = [
            low + max(value or 0.0, 0.0) for low, value in zip(floors, one.values, strict=True)
        ]
        upper = [_point(at, roof, width, top) for at, roof in enumerate(roofs)]
        lower = [_point(at, low, width, top) for at, low in enumerate(floors)][::-1]
        if upper:
            data = f"M{'L'.join([*upper, *lower])}Z"
            found.append(Area(data=data, colour=one.colour, is_edged=True))
        floors = roofs
    return found


def _under(one: Series, width: float, top: float) -> str:
    """What lies below a line, for each run of steps that have a value."""
    runs: list[list[int]] = [[]]
    for at, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(at)
    parts = []
    for run in (run for run in runs if len(run) > 1):
        roof = [_point(at, one.values[at] or 0.0, width, top) for at in run]
        ground = [_point(at, 0.0, width, top) for at in (run[-1], run[0])]
        parts.append(f"M{'L'.join([*roof, *ground])}Z")
    return "".join(parts)


def _point(at: int, value: float, width: float, top: float) -> str:
    return f"{(at + 0.5) * width:.2f} {100 - min(value / top, 1) * 100:.2f}"


def _blocks(stacked: Sequence[Series], steps: int, width: float, top: float) -> list[Block]:
    """The gap between bars is a fifth of a bar."""
    found = []
    for at in range(steps):
        used = 0.0
        for one in stacked:
            tall = (one.values[at] or 0) / top * 100
            if tall > 0:
                used += tall
                found.append(
                    Block(
                        x=round((at + 0.1) * width, 3),
                        y=round(100 - used, 3),
                        width=round(width * 0.8, 3),
                        height=round(tall, 3),
                        colour=one.colour,
                    )
                )
    return found


def _step(
    at: int,
    time: datetime,
    seconds: int,
    series: Sequence[Series],
    *,
    width: float,
    words: Callable[[float], str],
) -> Step:
    end = time + timedelta(seconds=seconds)
    until = f"{end:%H:%M}" if seconds < 86400 else f"{end:%-d %b}"
    told = [
        f"{one.name}: {_told(one.values[at], words)}" if one.name else _told(one.values[at], words)
        for one in series[:_MOST_TOLD]
    ]
    title = "\n".join([f"{time:%-d %b %H:%M} to {until} UTC", *told])
    return Step(x=round(at * width, 3), width=round(width, 3), title=title)


def _told(value: float | None, words: Callable[[float], str]) -> str:
    return "none" if value is None else words(value)
