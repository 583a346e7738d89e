"""The shapes of answers as pages show them: a template for each, with what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from vedette.dashboards import shapes
from vedette.dashboards.shapes import Shape
from vedette.explore.vitals import VITALS
from vedette.issues.shapes import Scope
from vedette.web.access import Viewer
from vedette.web.markdown import rendered
from vedette.web.pages.dashboards.figures import number_view
from vedette.web.pages.dashboards.tables import ranking_view, rows_view
from vedette.web.pages.explore.words import Names, names_of, number, on_scale
from vedette.web.pages.issue_list.rows import make_rows
from vedette.web.pages.performance.drawing import heat_map
from vedette.web.release_links import release_marks
from vedette.web.time_charts import COLOURS, Filled, Series, time_chart

_NOTHING: Final = "without a value"
_FLOORS: Final = (0.999, 0.995, 0.99, 0.98, 0.95, 0.9)
_FILLED: Final[Mapping[shapes.Look, Filled]] = {"area": "under", "stacked": "stacked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Who looks, and at what.

    `shared` is the query of the shared filter, kept by links; `zoom` the address to which a
    chosen time is added. Without `has_links` nothing leads anywhere: for secret links.
    """

    viewer: Viewer
    scope: Scope
    shared: str = ""
    zoom: str = ""
    has_links: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A template with its view; `is_empty` says that there is nothing to draw.

    `sampled` where the figures are estimated of the rows that SDKs have kept.
    """

    template: str
    view: Any
    is_empty: bool = False
    sampled: shapes.Sampled | None = None


def draw(shape: Shape, looking: Looking) -> Drawn:
    """The answer, drawn for whoever looks."""
    drawn = _DRAWERS[type(shape)](shape, looking)
    return replace(drawn, sampled=getattr(shape, "sampled", None))


def _number(shape: shapes.Number, looking: Looking) -> Drawn:
    return Drawn(template=_at("number"), view=number_view(shape), is_empty=shape.value is None)


def _rows(shape: shapes.Rows, looking: Looking) -> Drawn:
    names = names_of(looking.viewer, shape.columns, shape.rows)
    view = rows_view(shape, names, shared=looking.shared, has_links=looking.has_links)
    return Drawn(template=_at("rows"), view=view, is_empty=not shape.rows)


def _ranking(shape: shapes.Ranking, looking: Looking) -> Drawn:
    columns = (*shape.groups, shape.figure)
    names = names_of(looking.viewer, columns, shape.rows)
    view = ranking_view(shape, names, shared=looking.shared, has_links=looking.has_links)
    return Drawn(template=_at("ranking"), view=view, is_empty=not shape.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LinesView:
    chart: Any
    words: str
    zoom: str


def _lines(shape: shapes.Lines, looking: Looking) -> Drawn:
    names = names_of(looking.viewer, shape.groups, [one.parts for one in shape.lines if one.parts])
    series = [_series(at, shape, names) for at in range(len(shape.lines))]
    series += [
        _before(one, values, is_only=len(series) == 1)
        for one, values in zip(series, shape.before, strict=False)
    ]
    chart = time_chart(
        shape.starts,
        shape.step,
        series,
        lambda value: number(shape.kind, value),
        on_scale=lambda value: on_scale(shape.kind, value),
        is_stacked=shape.look == "bar",
        filled=_FILLED.get(shape.look, ""),
        floor=_floor(shape),
        markers=_marks(shape, looking) if looking.has_links else (),
    )
    words = ", ".join(dict.fromkeys(one.column.written for one in shape.lines))
    view = _LinesView(chart=chart, words=words, zoom=looking.zoom)
    return Drawn(template=_at("lines"), view=view, is_empty=chart.is_empty)


def _floor(shape: shapes.Lines) -> float:
    """Where the scale begins: shares that are all close to 1 would else be one flat line."""
    if shape.kind != "percentage" or shape.look != "line":
        return 0.0
    every = [*(one.values for one in shape.lines), *shape.before]
    least = min((value for values in every for value in values if value is not None), default=0.0)
    return next((floor for floor in _FLOORS if floor <= least), 0.0)


def _marks(shape: shapes.Lines, looking: Looking) -> list[Any]:
    if not shape.starts:
        return []
    first = datetime.fromtimestamp(shape.starts[0], UTC)
    whole = timedelta(seconds=shape.step) * len(shape.starts)
    return release_marks(first, whole, looking.scope, looking.shared)


def _series(at: int, shape: shapes.Lines, names: Names) -> Series:
    line = shape.lines[at]
    if line.is_others:
        return Series(name="All others", values=line.values, colour=0)
    said = [
        names.text(column, value) or _NOTHING
        for column, value in zip(shape.groups, line.parts, strict=False)
    ]
    name = ", ".join(said) if shape.groups else line.column.written
    return Series(name=name, values=line.values, colour=at % COLOURS + 1)


def _before(one: Series, values: Sequence[float | None], *, is_only: bool) -> Series:
    """The line in the period before: dashed, in the colour of the line where there are several."""
    name = "The period before" if is_only else f"{one.name}, the period before"
    return Series(name=name, values=values, colour=10 if is_only else one.colour, is_dashed=True)


def _heat(shape: shapes.Heat, looking: Looking) -> Drawn:
    is_empty = not any(any(counts) for counts in shape.spread.counts)
    view = None if is_empty else heat_map(shape.spread)
    return Drawn(template=_at("heat"), view=view, is_empty=is_empty)


def _prose(shape: shapes.Prose, looking: Looking) -> Drawn:
    return Drawn(template=_at("prose"), view=rendered(shape.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _IssuesView:
    rows: list[Any]
    problem: str
    has_links: bool


def _issues(shape: shapes.Issues, looking: Looking) -> Drawn:
    view = _IssuesView(
        rows=make_rows(shape.rows),
        problem=shape.problem,
        has_links=looking.has_links,
    )
    return Drawn(template=_at("issues"), view=view, is_empty=not shape.rows and not shape.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class _VitalsView:
    rows: Any
    head: str
    vitals: list[Any]


def _vitals(shape: shapes.Vitals, looking: Looking) -> Drawn:
    head = "Browser" if shape.by == "browser" else "Page"
    view = _VitalsView(rows=shape.rows, head=head, vitals=list(VITALS.values()))
    return Drawn(template=_at("vitals"), view=view, is_empty=not shape.rows)


def _at(name: str) -> str:
    return f"pages/dashboards/shapes/{name}.html"


_DRAWERS: Final[Mapping[type[Any], Callable[[Any, Looking], Drawn]]] = {
    shapes.Number: _number,
    shapes.Rows: _rows,
    shapes.Ranking: _ranking,
    shapes.Lines: _lines,
    shapes.Heat: _heat,
    shapes.Prose: _prose,
    shapes.Issues: _issues,
    shapes.Vitals: _vitals,
}
