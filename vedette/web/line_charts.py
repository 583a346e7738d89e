"""Lines over time drawn at the server as SVG, with the values of each step on hover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from vedette.web.charts import Label, Marker, nice_ceiling, time_labels
from vedette.web.wording import milliseconds

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """A line as path data in percent of width and height; `name` is its class, too."""

    name: str
    label: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hover:
    """What is read over one step."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Lines with their scale; `rows` is the same as a table, its cells in the order of lines."""

    lines: list[ChartLine]
    hovers: list[Hover]
    labels: list[Label]
    top: str
    middle: str
    rows: list[tuple[datetime, list[str]]]
    markers: list[Marker] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no line has a value."""
        return not any(line.path for line in self.lines)


def line_chart(
    starts: Sequence[datetime],
    lines: Mapping[str, Values],
    *,
    markers: Sequence[Marker] = (),
    say: Callable[[float | None], str] = milliseconds,
) -> LineChart:
    """A line for each name, with a value or None for each start of a step."""
    highest = max((one for values in lines.values() for one in values if one), default=0.0)
    top = nice_ceiling(max(ceil(highest), 1))
    cells = [[say(values[at]) for values in lines.values()] for at in range(len(starts))]
    return LineChart(
        lines=[
            ChartLine(name=name, label=name.upper(), path=_path(values, top))
            for name, values in lines.items()
        ],
        hovers=[_hover(at, starts, list(lines), cells[at]) for at in range(len(starts))],
        labels=time_labels(starts),
        top=say(top),
        middle=say(top / 2),
        rows=[(start, row) for start, row in zip(starts, cells, strict=True) if any(row)],
        markers=list(markers),
    )


def _path(values: Values, top: float) -> str:
    """The line through the middles of the steps; broken where there is no value."""
    width = 100 / max(len(values), 1)
    parts, is_drawing = [], False
    for at, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        x, y = (at + 0.5) * width, 100 - value / top * 100
        has_next = at + 1 < len(values) and values[at + 1] is not None
        if is_drawing:
            parts.append(f"L{x:.2f} {y:.2f}")
        elif has_next:
            parts.append(f"M{x:.2f} {y:.2f}")
        else:  # alone: a dash as wide as its step
            parts.append(f"M{x - width / 2:.2f} {y:.2f}h{width:.2f}")
        is_drawing = True
    return "".join(parts)


def _hover(at: int, starts: Sequence[datetime], names: list[str], cells: list[str]) -> Hover:
    said = [f"{name.upper()} {cell}" for name, cell in zip(names, cells, strict=True) if cell]
    return Hover(
        x=round(at / len(starts) * 100, 3),
        width=round(100 / len(starts), 3),
        title=f"{starts[at]:%-d %b %H:%M} UTC: {', '.join(said) or 'nothing'}",
    )
