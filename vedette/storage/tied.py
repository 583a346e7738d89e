"""Rows that name a person only together: the recording of a replay is of whom its event names.

The person may also be named within a body alone, so those are read, a day at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import zstandard

from vedette.pipeline.payload import PayloadCodec
from vedette.storage.deleting import EVER
from vedette.storage.naming import Naming
from vedette.store import query as q
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

_DAY = 86_400_000_000
_EPOCH_DAY = 719_163


def tied_ids(
    house: House,
    visible: VisibleProjects,
    table: Table,
    column: str,
    projects: Sequence[int],
    named: q.Condition,
    naming: Naming | None,
) -> list[q.Value]:
    """The ids in `column` of rows that are the person's: `named`, or by what their bodies say.

    Without `naming` no body is read. Raises StoreError, OSError.
    """
    found = {row[0] for row in _rows(house, visible, table, [column], named, -EVER, EVER)}
    if naming is not None:
        for day in _days(house, table, projects):
            found |= _named_within(house, visible, table, column, projects, naming, day)
    return sorted(found - {None})


def _named_within(
    house: House,
    visible: VisibleProjects,
    table: Table,
    column: str,
    projects: Sequence[int],
    naming: Naming,
    day: int,
) -> set[str]:
    theirs = q.OneOf(q.Field("project_id"), list[q.Value](projects))
    found: set[str] = set()
    codec = PayloadCodec()
    names = [column, "body", "body_blob"]
    for key, body, blob in _rows(
        house, visible, table, names, theirs, day * _DAY, (day + 1) * _DAY
    ):
        if key in found:
            continue
        held = body if body is not None else house.blobs.get(blob or "")
        if held and _is_named(codec, held, naming):
            found.add(key)
    return found


def _is_named(codec: PayloadCodec, held: bytes, naming: Naming) -> bool:
    try:
        return naming.is_in(codec.restore(held))
    except zstandard.ZstdError:
        return False


def _rows(
    house: House,
    visible: VisibleProjects,
    table: Table,
    names: list[str],
    where: q.Condition,
    start: int,
    end: int,
) -> list[list[Any]]:
    select = q.Select(
        projects=visible,
        table=table.name,
        columns={name: q.Field(name) for name in names},
        where=[where],
        start=start,
        end=end,
        limit=EVER,
    )
    return house.store.query(select).rows


def _days(house: House, table: Table, projects: Sequence[int]) -> list[int]:
    usage = house.store.usage()
    theirs = (one for one in usage if one.table == table.name and one.project_id in projects)
    return sorted({one.day.toordinal() - _EPOCH_DAY for one in theirs})
