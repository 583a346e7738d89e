"""From rows to what waits in memory: apart by day, without what a file holds already."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.store import parts
from vedette.store.arrow import to_arrow
from vedette.store.dayfile import DAY, name_of
from vedette.store.errors import BadRows
from vedette.store.memory import Appended, Batch, amounts_of
from vedette.store.table import Rows


def split_by_day(rows: Rows) -> Iterable[tuple[str, Rows]]:
    """The rows by the name of their day's file. Raises BadRows."""
    if not len(rows):
        return
    retention = str(rows.table.retention)
    try:
        days = [value // DAY for value in rows.columns["timestamp"]]
        names = {day: name_of(retention, day) for day in set(days)}
    except (TypeError, OverflowError) as error:
        raise BadRows(f"a row of {rows.table.name} has no time: {error}") from error
    for day, name in names.items():
        if len(names) == 1:
            yield name, rows
            return
        yield name, rows.pick([index for index, value in enumerate(days) if value == day])


def batches_of(rows: Rows, held: int, appended: Appended) -> Iterable[Batch]:
    """The batches of a file that holds all up to a position: what is newer, large values cut."""
    rows = _newer(rows, held)
    if not len(rows):
        return
    lean, pieces = parts.cut(rows)
    last = max(rows.columns["position"])
    arrow = to_arrow(lean)
    size = int(arrow.nbytes)
    if pieces is not None:
        cut = to_arrow(pieces)
        size += int(cut.nbytes)
        yield Batch(pieces.table, cut, last, appended)
    yield Batch(rows.table, arrow, last, appended, amounts_of(rows, size))


def _newer(rows: Rows, held: int) -> Rows:
    """The rows after a position; all of them on every batch but a replayed one."""
    positions = rows.columns["position"]
    if min(positions) > held:
        return rows
    return rows.pick([index for index, position in enumerate(positions) if position > held])
