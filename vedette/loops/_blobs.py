"""The blobs of removed projects: noted before their rows go, deleted when no row names them.

What is noted outlasts a crash. A blob that somebody wrote a moment ago stays for now, because
the row that names it may still be on its way; it is looked at again at the next turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from vedette import clock, items
from vedette.items._columns import blob_columns
from vedette.loops import House
from vedette.store import query as q
from vedette.store.durable import write_file
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

SETTLED_SECONDS = 900.0
_NOTE = "unnamed.json"
_EVER = 1 << 62
_AT_ONCE = 10_000


def note(house: House, project_ids: Sequence[int]) -> None:
    """Remember the blobs that rows of these projects name. Raises StoreError, OSError."""
    theirs = q.OneOf(q.Field("project_id"), list[q.Value](project_ids))
    tables = {
        table.name: table
        for table, _ in _columns()
        if any(one.name == "project_id" for one in table.columns)
    }
    note_rows(house, tables.values(), theirs)


def note_rows(
    house: House,
    tables: Iterable[Table],
    where: q.Condition,
    start: int = -_EVER,
    end: int = _EVER,
) -> set[str]:
    """Remember the blobs that some rows of tables name, and return their names.

    Raises StoreError, OSError.
    """
    wanted = {table.name for table in tables}
    named = {
        name
        for table, column in _columns()
        if table.name in wanted
        for name in _names(house, table, column, where, start, end)
        if name
    }
    if named:
        _write(_path(house), named | _read(_path(house)))
    return named


def remove_noted(house: House) -> None:
    """Delete those of the noted blobs that no row names any more. Raises StoreError, OSError."""
    noted = _read(_path(house))
    if not noted:
        return
    left: set[str] = set()
    names = sorted(noted)
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        unnamed = set(some) - still_named(house, some)
        left |= house.blobs.remove(unnamed, before=clock.timestamp() - SETTLED_SECONDS)
    _write(_path(house), left)


def _columns() -> Iterator[tuple[Table, str]]:
    for table in items.tables():
        for column in blob_columns(table):
            yield table, column


def still_named(house: House, names: Iterable[str]) -> set[str]:
    """Those of the blobs that some row names. Raises StoreError."""
    wanted = list[q.Value](names)
    return {
        name
        for table, column in _columns()
        for name in _names(house, table, column, q.OneOf(q.Field(column), wanted))
    }


def _names(
    house: House,
    table: Table,
    column: str,
    where: q.Condition,
    start: int = -_EVER,
    end: int = _EVER,
) -> Iterator[str]:
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=table.name,
        columns={"name": q.Field(column)},
        where=[where],
        group_by=["name"],
        start=start,
        end=end,
        limit=_EVER,
    )
    return (row[0] for row in house.store.query(select).rows)


def _path(house: House) -> Path:
    return house.config.blob_folder / _NOTE


def _read(path: Path) -> set[str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=set[str])
    except (FileNotFoundError, msgspec.DecodeError):
        return set()  # what is not noted goes with its retention


def _write(path: Path, names: set[str]) -> None:
    if not names:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, msgspec.json.encode(sorted(names)), must_last=True)
