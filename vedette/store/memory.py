"""What was appended and is not yet in a day file: Arrow tables that questions read too."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vedette.store.table import ColumnType, Rows, Table

Amounts = dict[tuple[str, int], tuple[int, int]]  # (table, project) → rows, bytes
DEAD = ("", 0)  # what was deleted from a file since it was last written anew


@dataclass(slots=True, eq=False)
class Appended:
    """One call of `append`: it is durable once no file owes anything."""

    writer: str
    end: int
    owing: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows of one table for one day file, in the order in which they came."""

    table: Table
    arrow: Any
    last: int  # the highest position
    appended: Appended
    amounts: Amounts = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return int(self.arrow.nbytes)


def rows_and_bytes(batches: Iterable[Batch]) -> tuple[int, int]:
    """How much they are together."""
    found = list(batches)
    return sum(one.arrow.num_rows for one in found), sum(one.size_bytes for one in found)


class Progress:
    """How far each writer's spool is written whole."""

    def __init__(self, durable: dict[str, int]) -> None:
        self.durable = durable
        self.appended = dict(durable)
        self.active: set[str] = set()  # writers that appended since the start
        self._open: dict[str, deque[Appended]] = {}

    def add(self, appended: Appended) -> None:
        """An append was taken, with what the files owe of it."""
        self.active.add(appended.writer)
        self._open.setdefault(appended.writer, deque()).append(appended)
        self.appended[appended.writer] = appended.end
        self.settle()

    def restart(self, writer: str, position: int) -> None:
        """A writer's spool is read again from here; what still waits proves nothing beyond it."""
        for waiting in self._open.get(writer, ()):
            waiting.end = min(waiting.end, position)
        self.appended[writer] = self.durable[writer] = position

    def settle(self) -> None:
        """Move on over everything that no file owes any more."""
        for writer, waiting in self._open.items():
            while waiting and not waiting[0].owing:
                self.durable[writer] = waiting.popleft().end


def amounts_of(rows: Rows, size_bytes: int) -> Amounts:
    """Rows and bytes by project: binary values where they are, the rest spread evenly."""
    count = len(rows)
    columns = rows.columns
    projects = [project or 0 for project in columns.get("project_id") or [0] * count]
    blobs = [columns[c.name] for c in rows.table.columns if c.type is ColumnType.BLOB]
    rows_of = Counter(projects)
    if len(rows_of) == 1:
        return {(rows.table.name, projects[0]): (count, size_bytes)}
    own_of: Counter[int] = Counter()
    for values in blobs:
        for project, value in zip(projects, values, strict=True):
            if value:
                own_of[project] += len(value)
    each = max(size_bytes - own_of.total(), 0) // count
    return {
        (rows.table.name, project): (number, own_of[project] + each * number)
        for project, number in rows_of.items()
    }


def add_amounts(total: Amounts, more: Amounts) -> None:
    """Add up in place."""
    for key, (rows, size) in more.items():
        held_rows, held_size = total.get(key, (0, 0))
        total[key] = (held_rows + rows, held_size + size)
