"""The chart of an answer: its figure over time, a line for each of the largest groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vedette.explore.asking import Chart, Line
from vedette.explore.fields import Column
from vedette.issues.shapes import Scope
from vedette.telemetry import exploring
from vedette.web.access import Viewer
from vedette.web.pages.explore.asked import Asked, Links, Look
from vedette.web.pages.explore.terms import joined, terms_of
from vedette.web.pages.explore.words import Names, names_of, number, on_scale
from vedette.web.release_links import release_marks
from vedette.web.time_charts import COLOURS, Series, TimeChart, time_chart

_STEPS = 72
_ADDED = ("integer", "rate")  # figures whose groups add up to the whole
_NOTHING = "without a value"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """The chart, its figure and how it looks; `zoom` is its address without a time."""

    chart: TimeChart
    figure: str
    look: Look
    zoom: str


def chart_view(asked: Asked, scope: Scope, viewer: Viewer, links: Links) -> ChartView:
    """Raises SearchError, BadQuery and StoreError."""
    step = exploring.step_for(scope, about=_STEPS)
    (column,) = exploring.columns_of(scope, asked.dataset, [asked.figure])
    made = _made(asked, scope, column, step)
    groups = exploring.columns_of(scope, asked.dataset, asked.groups)
    names = names_of(viewer, groups, [line.parts for line in made.lines if line.parts])
    series = [_series(line, at, groups, names, links) for at, line in enumerate(made.lines, 1)]
    if asked.compares:
        series += _before(asked, scope, column, made, series)
    look = asked.look or ("bars" if column.kind in _ADDED else "lines")
    first = datetime.fromtimestamp(made.starts[0], UTC) if made.starts else scope.period.start
    return ChartView(
        chart=time_chart(
            made.starts,
            step,
            series,
            lambda value: number(column.kind, value),
            on_scale=lambda value: on_scale(column.kind, value),
            is_stacked=look == "bars",
            filled=("stacked" if column.kind in _ADDED else "under") if look == "areas" else "",
            markers=release_marks(
                first, timedelta(seconds=step) * max(len(made.starts), 1), scope, links.shared
            ),
        ),
        figure=asked.figure,
        look=look,
        zoom=links.to_any_time(),
    )


def _made(
    asked: Asked,
    scope: Scope,
    column: Column,
    step: int,
    groups: Sequence[Sequence[Any]] | None = None,
) -> Chart:
    names = (*asked.groups, asked.figure)
    question = exploring.exploration(scope, asked.dataset, names, asked.query)
    return exploring.ask_chart(question, [column], step, asked.top, groups)


def _series(line: Line, at: int, groups: tuple[Column, ...], names: Names, links: Links) -> Series:
    if not groups or line.is_others:
        name = "All others" if line.is_others else line.column.written
        return Series(name=name, values=line.values, colour=0 if line.is_others else 1)
    parts = list(zip(groups, line.parts, strict=True))
    query = links.asked.query
    for column, value in parts:
        terms = terms_of(column, value, names)
        query = joined(query, terms.with_it) if terms else query
    return Series(
        name=", ".join(names.text(column, value) or _NOTHING for column, value in parts),
        values=line.values,
        colour=(at - 1) % COLOURS + 1,
        address=links.to(query=query),
    )


def _before(
    asked: Asked, scope: Scope, column: Column, made: Chart, series: Sequence[Series]
) -> list[Series]:
    """The same lines in the time before, moved to where this time is drawn.

    Of groups each is dashed in the colour of its line; those that are large now are compared.
    """
    period, step, steps = scope.period, made.step, len(made.starts)
    length = timedelta(seconds=step * -(-(period.end - period.start).total_seconds() // step))
    moved = replace(period, start=period.start - length, end=period.end - length)
    groups = [line.parts for line in made.lines if not line.is_others] if asked.groups else None
    past = _made(asked, replace(scope, period=moved), column, step, groups)
    found = {(line.parts, line.is_others): line.values for line in past.lines}
    return [
        Series(
            name=f"{one.name}, the time before" if asked.groups else "The time before",
            values=[*values, *([None] * steps)][:steps],
            colour=one.colour if asked.groups else 10,
            is_dashed=True,
        )
        for line, one in zip(made.lines, series, strict=True)
        if (values := found.get((line.parts, line.is_others))) is not None
    ]
