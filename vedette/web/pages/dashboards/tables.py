"""Tables and rankings of a tile: words of every cell, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vedette.dashboards.shapes import Ranking, Rows
from vedette.explore.arguments import ISSUE
from vedette.explore.datasets import dataset_named
from vedette.explore.fields import Column
from vedette.web.pages.explore.opening import row_address, value_address
from vedette.web.pages.explore.words import NUMBERS, Names, exact, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TileCell:
    """One value; `note` says what else it is called, `address` where it leads."""

    text: str
    title: str = ""
    note: str = ""
    moment: datetime | None = None
    is_number: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsView:
    """Heads with whether they are of numbers, and rows, each with its page."""

    heads: list[tuple[str, bool]]
    rows: list[tuple[str, list[TileCell]]]
    has_pages: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """One group; `share` is the length of its bar in percent of the largest."""

    cells: list[TileCell]
    value: str
    title: str
    share: float


def rows_view(shape: Rows, names: Names, *, shared: str, has_links: bool) -> RowsView:
    """The table."""
    shown = shape.columns[: shape.shown]
    link = shared if has_links else None
    rows = []
    for row in shape.rows:
        cells = [_cell(*pair, names, link, shape.dataset) for pair in zip(shown, row, strict=False)]
        rows.append((_page(shape, row, names) if has_links else "", cells))
    return RowsView(
        heads=[(column.written, _is_number(column)) for column in shown],
        rows=rows,
        has_pages=any(address for address, _ in rows),
    )


def ranking_view(shape: Ranking, names: Names, *, shared: str, has_links: bool) -> list[Rank]:
    """The groups with their bars; a figure below nothing has none."""
    values = [row[-1] or 0 for row in shape.rows]
    largest = max(values, default=0)
    link = shared if has_links else None
    return [
        Rank(
            cells=[
                _cell(*pair, names, link, shape.dataset)
                for pair in zip(shape.groups, row, strict=False)
            ],
            value=names.text(shape.figure, row[-1]) or "–",
            title=exact(shape.figure.kind, row[-1]) if row[-1] is not None else "",
            share=round(max(value / largest * 100, 0.5), 2) if largest > 0 < value else 0,
        )
        for row, value in zip(shape.rows, values, strict=True)
    ]


def _cell(column: Column, value: Any, names: Names, link: str | None, dataset: str) -> TileCell:
    is_figure = column.kind in NUMBERS and isinstance(value, int | float)
    issue = names.issues.get(value) if column.kind == ISSUE else None
    address = ""
    if link is not None:
        is_timed = bool(dataset and dataset_named(dataset).duration)
        address = value_address(column, value, names, link, has_transactions=is_timed)
    return TileCell(
        text=names.text(column, value),
        title=exact(column.kind, value) if is_figure else "",
        note=issue.title if issue else "",
        moment=time_of(column, value),
        is_number=_is_number(column),
        address=address,
    )


def _is_number(column: Column) -> bool:
    return column.kind in NUMBERS and (column.is_aggregate or column.kind == "duration")


def _page(shape: Rows, row: Sequence[Any], names: Names) -> str:
    """The page of a single row; of issues and traces the cell leads there."""
    if shape.is_grouped or not shape.dataset:
        return ""
    values = {one.written: value for one, value in zip(shape.columns, row, strict=True)}
    issue = names.issues.get(values.get(ISSUE) or 0)
    return row_address(dataset_named(shape.dataset), values, issue)
