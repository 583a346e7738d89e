"""A question about many groups, answered some of the groups at a time.

Exact percentiles hold every value of every group at once. Where that is more memory than a
question may have, a part of the groups needs a part of it, and the answers belong together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vedette.store.query import Field, Select

SLICES = 8


def column_of(select: Select) -> str | None:
    """The column by whose values the groups can be told apart; None where that changes the answer.

    The largest groups by themselves, so many of each kind, and rows that replace each other are
    found among all. What tags come to has no column before they are taken apart.
    """
    if select.top is not None or select.limit_by is not None or select.newest is not None:
        return None
    if select.join is not None or select.explode_tags:
        return None
    for name in select.group_by:
        expression = select.columns.get(name)
        if isinstance(expression, Field) and not expression.table:
            return expression.name
    return None


def slice_of(relation: str, column: str, number: int) -> str:
    """The rows of a relation, as SQL of DuckDB, that belong to one of the slices."""
    return f'(FROM {relation} WHERE hash("{column}") % {SLICES} = {number})'


def together(select: Select, answers: Iterable[list[list[Any]]]) -> list[list[Any]]:
    """The rows of all slices as one answer: in the question's order, no more than it wants."""
    rows = [row for answer in answers for row in answer]
    places = {name: at for at, name in enumerate(select.columns)}
    for order in reversed(select.order_by):
        at = places[order.name]
        known = [row for row in rows if row[at] is not None]
        known.sort(key=lambda row: row[at], reverse=order.descending)
        rows = [*known, *(row for row in rows if row[at] is None)]
    return rows[: select.limit]
