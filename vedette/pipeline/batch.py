"""What a run of records came to, and the form in which it is handed to the owner.

The digester fills a `Batch`; the owner of store and metadata gets a `Handover`: columns by
table as far as any row has them, facts, counts, and for each item that may be there only once
where its rows and facts lie, so that a duplicate can be taken out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from vedette.facts import Fact, VolumeSeen
from vedette.items import Row
from vedette.store.table import Table

F = TypeVar("F")


class OutcomeKey(NamedTuple):
    """What outcomes are counted by; `hour` in seconds since 1970."""

    project_id: int
    category: str
    outcome: str
    reason: str
    hour: int


class Once(msgspec.Struct, array_like=True, gc=False):
    """An item that is stored once: its identity, and what it put into the batch."""

    project_id: int
    identity: str  # 32 hex digits
    position: int
    key: OutcomeKey
    quantity: int
    rows: list[tuple[str, int]]  # table and index
    facts: list[int]
    kept_as: tuple[str, int] | None = None  # category and quantity, if it is read again
    reported: list[tuple[OutcomeKey, int]] = []  # counts that the item itself is about


class Handover(msgspec.Struct, Generic[F], gc=False):
    """One batch as it is committed. `start` and `end` frame its records in the spool.

    `last` is where the last record begins: outcomes lie there.
    """

    writer: str
    start: int
    end: int
    last: int
    items: int
    tables: dict[str, dict[str, list[Any]]]
    once: list[Once]
    facts: list[F]
    outcomes: list[tuple[OutcomeKey, int]]


@dataclass(slots=True)
class Batch:
    """Filled record by record; `held_bytes` is about what it takes in memory."""

    writer: str
    start: int
    end: int = 0
    last: int = 0
    items: int = 0
    held_bytes: int = 0
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    declared: dict[str, Table] = field(default_factory=dict)
    once: list[Once] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    outcomes: Counter[OutcomeKey] = field(default_factory=Counter)
    volumes: dict[tuple[int, str, int], list[int]] = field(default_factory=dict)

    def weigh(
        self, project_id: int, category: str, received: float, quantity: int, size_bytes: int
    ) -> None:
        """Count what is taken, in number and bytes, by the minute in which it was received."""
        place = (project_id, category, int(received) // 60 * 60)
        held = self.volumes.get(place)
        if held is None:
            held = self.volumes[place] = [0, 0]
        held[0] += quantity
        held[1] += size_bytes

    def count(self, key: OutcomeKey, quantity: int) -> None:
        """Count an outcome."""
        self.outcomes[key] += quantity

    def add_row(self, row: Row, position: int) -> tuple[str, int]:
        """Add a row of the record at `position`; returns where it lies."""
        values, name = row.values, row.table.name
        values["writer"], values["position"] = self.writer, position
        rows = self.tables.get(name)
        if rows is None:
            rows = self.tables[name] = []
            self.declared[name] = row.table
        rows.append(values)
        return name, len(rows) - 1

    def add_fact(self, fact: Fact) -> int:
        """Add a fact; returns its index."""
        self.facts.append(fact)
        return len(self.facts) - 1

    def absorb(self, other: Batch) -> None:
        """Take over what another batch of the same writer holds."""
        rows_before = {name: len(rows) for name, rows in self.tables.items()}
        facts_before = len(self.facts)
        for name, rows in other.tables.items():
            self.tables.setdefault(name, []).extend(rows)
            self.declared[name] = other.declared[name]
        self.facts += other.facts
        for once in other.once:
            once.rows = [(name, rows_before.get(name, 0) + at) for name, at in once.rows]
            once.facts = [facts_before + at for at in once.facts]
            self.once.append(once)
        self.outcomes.update(other.outcomes)
        for (project_id, category, minute), taken in other.volumes.items():
            self.weigh(project_id, category, minute, *taken)
        self.items += other.items
        self.held_bytes += other.held_bytes

    def handover(self) -> Handover[Fact]:
        """The batch as it is committed. To be called once: the rows are let go on the way."""
        return Handover(
            writer=self.writer,
            start=self.start,
            end=self.end,
            last=self.last,
            items=self.items,
            tables={name: self._columns(name) for name in list(self.tables)},
            once=self.once,
            facts=[*self.facts, *self._volumes()],
            outcomes=list(self.outcomes.items()),
        )

    def _volumes(self) -> Iterator[VolumeSeen]:
        for (project_id, category, minute), (quantity, size_bytes) in self.volumes.items():
            yield VolumeSeen(
                project_id=project_id,
                category=category,
                minute=minute,
                quantity=quantity,
                size_bytes=size_bytes,
            )

    def _columns(self, name: str) -> dict[str, list[Any]]:
        """The declared columns that any row has: of a wide table that is often half of them."""
        rows = self.tables.pop(name)
        held = set[str]().union(*rows)
        columns = (one.name for one in self.declared[name].all_columns if one.name in held)
        return {column: list(map(dict.get, rows, repeat(column))) for column in columns}
