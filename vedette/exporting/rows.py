"""Rows of a table of the store, oldest first, in portions: each question is small and bounded.

A portion ends between two moments, so no order beside time is needed to go on after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.exporting.shapes import ExportError
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.errors import StoreBusy
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

PORTION = 500
_DAY_SECONDS = 86400
_MICROSECONDS = 1_000_000
_TRIES = 5
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Rows of a table between two times (microseconds, the end excluded)."""

    table: Table
    visible: VisibleProjects
    start: int
    end: int
    where: Sequence[q.Condition] = ()


def portions(
    wanted: Wanted, *, size: int = PORTION, pause: Callable[[float], None] = time.sleep
) -> Iterator[list[dict[str, Any]]]:
    """The rows, with every column. Raises StoreError, and ExportError for a moment that holds
    more rows than one answer may have."""
    for day in _days(wanted, pause):
        start = max(wanted.start, day * _MICROSECONDS)
        end = min(wanted.end, (day + _DAY_SECONDS) * _MICROSECONDS)
        while start < end:
            rows = _ask(wanted, (start, end), size, pause)
            if len(rows) < size:
                start = end
            else:
                rows, start = _whole_moments(wanted, rows, pause)
            if rows:
                yield rows


def _whole_moments(
    wanted: Wanted, rows: list[dict[str, Any]], pause: Callable[[float], None]
) -> tuple[list[dict[str, Any]], int]:
    """The rows up to a moment of which all are there, and where to go on."""
    first, last = rows[0]["timestamp"], rows[-1]["timestamp"]
    if first != last:
        return [row for row in rows if row["timestamp"] != last], last
    rows = _ask(wanted, (last, last + 1), q.MOST_ROWS, pause)
    if len(rows) == q.MOST_ROWS:
        raise ExportError(f"{wanted.table.name} has {q.MOST_ROWS:,} rows of one microsecond")
    return rows, last + 1


def _days(wanted: Wanted, pause: Callable[[float], None]) -> list[int]:
    """The days that have any of the rows, as seconds since 1970."""
    select = q.Select(
        projects=wanted.visible,
        table=wanted.table.name,
        columns={"day": q.bucket(_DAY_SECONDS), "rows": q.count()},
        where=list(wanted.where),
        group_by=["day"],
        order_by=[q.Order("day")],
        start=wanted.start,
        end=wanted.end,
    )
    return [day for day, _ in _patient(select, pause).rows]


def _ask(
    wanted: Wanted, between: tuple[int, int], limit: int, pause: Callable[[float], None]
) -> list[dict[str, Any]]:
    select = q.Select(
        projects=wanted.visible,
        table=wanted.table.name,
        columns={column.name: q.Field(column.name) for column in wanted.table.all_columns},
        where=list(wanted.where),
        order_by=[q.Order("timestamp"), q.Order("writer"), q.Order("position")],
        start=between[0],
        end=between[1],
        limit=limit,
    )
    return _patient(select, pause).dicts()


def _patient(select: q.Select, pause: Callable[[float], None]) -> q.Answer:
    """The answer; where others have their turn first, after some waiting."""
    for attempt in range(_TRIES):
        try:
            return store().query(select)
        except StoreBusy:
            if attempt + 1 == _TRIES:
                raise
            pause(_PAUSE_SECONDS * 2**attempt)
    raise AssertionError("the last try has returned or raised")
