"""Large values of an answer: where references to them stand, and the question for their parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vedette.store import parts
from vedette.store import query as q
from vedette.store.query import Select
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

PARTS_COLUMNS = ("key", "part", "bytes")
_GIVES_AS_IT_IS = ("first", "last", "min", "max")


def places_of(table: Table, select: Select) -> list[int]:
    """The places of an answer's row where a reference to a large value may stand."""
    blobs = set(parts.columns_with_parts(table))
    return [
        place
        for place, expression in enumerate(select.columns.values())
        if _field_of(expression) in blobs
    ]


def parts_asked(select: Select, keys: list[int]) -> Select:
    """The question for the parts of some large values, in order."""
    return Select(
        table=parts.PARTS,
        projects=VisibleProjects.of_system(),  # the keys come from rows that may be seen
        columns={name: q.Field(name) for name in PARTS_COLUMNS},
        start=select.start,
        end=select.end,
        where=[
            q.OneOf(q.Field("key"), list(keys)),
            q.Compare(q.Field("key"), ">=", keys[0]),
            q.Compare(q.Field("key"), "<=", keys[-1]),
        ],
        order_by=[q.Order("key"), q.Order("part")],
        limit=1 << 31,
    )


def restore(rows: list[list[Any]], places: Sequence[int], values: dict[int, bytes]) -> None:
    """Put large values in the place of their references."""
    for row in rows:
        for place in places:
            key = parts.key_of(row[place])
            if key is not None:
                row[place] = values.get(key)


def _field_of(expression: Any) -> str:
    """The column whose values an expression returns as they are."""
    if isinstance(expression, q.Call) and expression.name in _GIVES_AS_IT_IS:
        expression = expression.arguments[0]
    return expression.name if isinstance(expression, q.Field) and not expression.table else ""
