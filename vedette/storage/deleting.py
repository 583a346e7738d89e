"""Rows of a kind are deleted together with the blobs that nobody else names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vedette.items._stocks import Stock
from vedette.loops import _blobs
from vedette.store import query as q
from vedette.store.table import Table

if TYPE_CHECKING:
    from vedette.loops import House

EVER = 1 << 62


def rows_of(stock: Stock, project_ids: Sequence[int] | None, *more: q.Condition) -> q.Condition:
    """The condition of a kind's rows: of these projects, or of all for None."""
    found = [*stock.conditions, *more]
    if project_ids is not None:
        found.append(q.OneOf(q.Field("project_id"), list[q.Value](project_ids)))
    return q.All(list[q.Condition](found))


def delete_rows(
    house: House,
    tables: Iterable[Table],
    where: q.Condition,
    start: int = -EVER,
    end: int = EVER,
) -> int:
    """Delete rows, and note their blobs, which go once no row names them; returns how many.

    Safe to do again: what is noted outlasts a kill. Raises StoreError, OSError.
    """
    held = list(tables)
    _blobs.note_rows(house, held, where, start, end)
    return house.store.delete([table.name for table in held], where, start, end)
