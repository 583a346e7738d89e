"""The table of an answer: headers that sort, cells whose values can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vedette.explore.arguments import ISSUE
from vedette.explore.asking import Table
from vedette.explore.fields import Column
from vedette.web.pages.explore.asked import Asked, Links
from vedette.web.pages.explore.opening import row_address, value_address
from vedette.web.pages.explore.terms import joined, terms_of
from vedette.web.pages.explore.words import NUMBERS, Names, exact, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A column's head; `address` sorts by it, `direction` is ascending, descending or ""."""

    name: str
    address: str
    direction: str
    is_number: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a click on a value offers."""

    words: str
    icon: str
    address: str
    is_here: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value; `title` is the exact one, `note` says what else it is called."""

    text: str
    title: str = ""
    note: str = ""
    moment: datetime | None = None
    is_number: bool = False
    choices: list[Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row; `address` is the page of a single one."""

    cells: list[Cell]
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """What the table shows."""

    headers: list[Header]
    lines: list[Line]


def table_view(found: Table, asked: Asked, names: Names, links: Links) -> TableView:
    """The table; columns after those that are shown say where a row leads."""
    shown = found.columns[: len(asked.shown)]
    return TableView(
        headers=[_header(column, asked, links) for column in shown],
        lines=[_line(found.columns, row, len(shown), asked, names, links) for row in found.rows],
    )


def _header(column: Column, asked: Asked, links: Links) -> Header:
    is_mine = asked.order.lstrip("-") == column.written
    is_down = is_mine and asked.order.startswith("-")
    is_number = column.kind in NUMBERS
    falls_first = is_number or column.kind == "date"
    falls = (not is_down) if is_mine else falls_first
    return Header(
        name=column.written,
        address=links.to(sort=f"-{column.written}" if falls else column.written),
        direction=("descending" if is_down else "ascending") if is_mine else "",
        is_number=(is_number and column.is_aggregate) or column.kind == "duration",
    )


def _line(
    columns: Sequence[Column],
    row: Sequence[Any],
    shown: int,
    asked: Asked,
    names: Names,
    links: Links,
) -> Line:
    cells = [
        cell_of(column, value, names, links)
        for column, value in zip(columns[:shown], row[:shown], strict=True)
    ]
    if asked.is_grouped:
        return Line(cells=cells)
    values = {one.written: value for one, value in zip(columns, row, strict=True)}
    issue = names.issues.get(values.get(ISSUE) or 0)
    address = row_address(asked.dataset, values, issue)
    return Line(cells=cells, address=address)


def cell_of(column: Column, value: Any, names: Names, links: Links) -> Cell:
    """One value with what can be done with it."""
    is_number = column.kind in NUMBERS and isinstance(value, int | float)
    issue = names.issues.get(value) if column.kind == ISSUE else None
    return Cell(
        text=names.text(column, value),
        title=exact(column.kind, value) if is_number else "",
        note=issue.title if issue else "",
        moment=time_of(column, value),
        is_number=is_number and (column.is_aggregate or column.kind == "duration"),
        choices=_choices(column, value, names, links),
    )


def _choices(column: Column, value: Any, names: Names, links: Links) -> list[Choice]:
    found = []
    terms = terms_of(column, value, names)
    if terms is not None:
        query = links.asked.query
        found = [
            Choice(
                words=terms.add,
                icon="list-filter",
                address=links.to(query=joined(query, terms.with_it)),
            ),
            Choice(
                words=terms.exclude,
                icon="ban",
                address=links.to(query=joined(query, terms.without_it)),
            ),
        ]
    # Only what has a duration is a transaction with a page: errors name what they happened in.
    opened = value_address(
        column, value, names, links.shared, has_transactions=bool(links.asked.dataset.duration)
    )
    if opened:
        found.append(Choice(words="Open", icon="arrow-right", address=opened, is_here=False))
    return found
