"""One person in the telemetry of one organisation: counted, and removed.

Rows say whose they are by the columns that their kinds declare; files, reports and kept items of
the person's events go with these; the bodies of kept items and dead letters are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import zstandard

from vedette.items._kept import KEPT_ITEMS, restore
from vedette.items._persons import rows_of_person, tie_of
from vedette.items.event import ERRORS
from vedette.pipeline.dead import DeadRecord
from vedette.projects.models import Project
from vedette.spool.meta import decode_meta
from vedette.storage.deleting import EVER, delete_rows
from vedette.storage.models import Forgetting
from vedette.storage.naming import SHORTEST, Naming
from vedette.storage.removing import BESIDE, beside, remove_counted
from vedette.storage.tied import tied_ids
from vedette.store import query as q
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects
from vedette.wire.encodings import EncodingError, inflate

if TYPE_CHECKING:
    from vedette.loops import House

DEAD_LETTERS = "dead letters"
_AT_ONCE = 500
_MOST_BYTES = 256 << 20  # of a record that could not be digested, once it is unpacked
_DAY = 86_400_000_000


class PersonSearch:
    """One person in the projects of one organisation."""

    def __init__(self, house: House, one: Forgetting) -> None:
        self._house = house
        self._one = one
        self._identity, self._value = one.kind, str(one.identity)
        self._naming = Naming(self._value)
        owned = Project.objects.filter(organization=one.organization)
        self._projects = list(owned.values_list("pk", flat=True))
        self._theirs = {
            table.name: (table, self._tied(table, self._within(condition)))
            for table, condition in rows_of_person(self._identity, self._value)
        }

    def _tied(self, table: Table, named: q.Condition) -> q.Condition:
        """The person's rows, with those that are theirs because another one names them."""
        column = tie_of(table)
        if not column:
            return named
        naming = self._naming if len(self._value) >= SHORTEST else None
        everything = VisibleProjects.of_system()
        ids = tied_ids(self._house, everything, table, column, self._projects, named, naming)
        return self._within(q.Either([named, q.OneOf(q.Field(column), ids)])) if ids else named

    def counts(self) -> Counter[str]:
        """How much there is, by kind of data."""
        found: Counter[str] = Counter()
        for name, (table, where) in self._theirs.items():
            found[_label(name)] += self._count(table, where)
        for ids in self._event_ids():
            for table in BESIDE:
                found[_label(table.name)] += self._count(table, self._beside(table, ids))
        found[_label(KEPT_ITEMS.name)] += sum(len(places) for places in self._kept())
        found[DEAD_LETTERS] += len(self._letters())
        return +found

    def remove(self) -> None:
        """Delete all of it; the events last, by which the rest is found."""
        for ids in self._event_ids():
            for table in BESIDE:
                delete_rows(self._house, [table], self._beside(table, ids))
        for places in list(self._kept()):
            delete_rows(self._house, [KEPT_ITEMS], q.Either(places))
        for name, (table, where) in self._theirs.items():
            if name != ERRORS.name:
                delete_rows(self._house, [table], where)
        for path in self._letters():
            self._house.dead.remove(path)
        self._remove_events()

    def _remove_events(self) -> None:
        table, where = self._theirs.get(ERRORS.name, (ERRORS, None))
        if where is None:
            return
        rows = self._ask(table, {"project": "project_id", "group": "group_id"}, where, counts=True)
        found: dict[int, dict[str, int]] = {}
        for project, group, count in rows:
            found.setdefault(project, {})[str(group)] = count
        remove_counted(self._house, self._one, found, where)

    def _event_ids(self) -> Iterator[list[q.Value]]:
        if ERRORS.name in self._theirs:
            yield from beside(self._house, self._projects, self._theirs[ERRORS.name][1])

    def _beside(self, table: Table, ids: list[q.Value]) -> q.Condition:
        """Rows of the person's events that do not name the person themselves."""
        found: list[q.Condition] = [q.OneOf(q.Field("event_id"), ids)]
        if table.name in self._theirs:
            found.append(q.Not(self._theirs[table.name][1]))
        return self._within(q.All(found))

    def _kept(self) -> Iterator[list[q.Condition]]:
        """The places of kept items in whose body the person is named, and of what came with them:
        the recording of a replay need not say whose it is. In portions."""
        if len(self._value) < SHORTEST:
            return
        names = ("project_id", "writer", "position", "ordinal", "event_id", "body", "body_blob")
        columns: dict[str, q.Expression] = {name: q.Field(name) for name in names}
        of: set[str] = set()
        found: dict[tuple[Any, ...], q.Condition] = {}
        for day in self._days_of_kept():
            select = self._select(KEPT_ITEMS, columns, self._not_named(), day=day)
            for row in self._house.store.query(select).rows:
                held = row[5] if row[5] is not None else self._house.blobs.get(row[6] or "")
                if held and self._names(held):
                    found[tuple(row[:4])] = _place(*row[:4])
                    of |= {row[4]} if row[4] else set()
        ids = sorted(of)
        for first in range(0, len(ids), _AT_ONCE):
            theirs = q.OneOf(q.Field("event_id"), list[q.Value](ids[first : first + _AT_ONCE]))
            where = q.All([self._not_named(), theirs])
            select = self._select(KEPT_ITEMS, {name: columns[name] for name in names[:4]}, where)
            for row in self._house.store.query(select).rows:
                found[tuple(row)] = _place(*row)
        places = list(found.values())
        for first in range(0, len(places), _AT_ONCE):
            yield places[first : first + _AT_ONCE]

    def _names(self, held: bytes) -> bool:
        try:
            return self._naming.is_in(restore(held))
        except zstandard.ZstdError:
            return False

    def _not_named(self) -> q.Condition:
        """Kept items that are not found by their columns anyway."""
        held = self._theirs.get(KEPT_ITEMS.name)
        return self._within(q.Not(held[1]) if held else q.All([]))

    def _days_of_kept(self) -> list[int]:
        return sorted(
            {
                one.day.toordinal() - 719_163
                for one in self._house.store.usage()
                if one.table == KEPT_ITEMS.name and one.project_id in self._projects
            }
        )

    def _letters(self) -> list[Path]:
        """The dead letters of the organisation's projects that name the person."""
        return [path for path, held in self._house.dead.records() if self._is_letter(held)]

    def _is_letter(self, held: DeadRecord) -> bool:
        try:
            meta = decode_meta(held.meta)
        except msgspec.MsgspecError:
            return False  # nobody knows whose it is
        if meta.project_id not in self._projects:
            return False
        if self._identity == "ip" and meta.remote_address == self._value:
            return True
        try:
            body = inflate(held.body, meta.encoding.encode(), _MOST_BYTES)
        except EncodingError:
            body = held.body
        return self._naming.is_in(body)

    def _count(self, table: Table, where: q.Condition) -> int:
        rows = self._ask(table, {}, where, counts=True)
        return int(rows[0][0]) if rows else 0

    def _ask(
        self, table: Table, names: dict[str, str], where: q.Condition, *, counts: bool
    ) -> list[list[Any]]:
        columns: dict[str, q.Expression] = {name: q.Field(held) for name, held in names.items()}
        if counts:
            columns["n"] = q.count()
        return self._house.store.query(self._select(table, columns, where, group=list(names))).rows

    def _select(
        self,
        table: Table,
        columns: dict[str, q.Expression],
        where: q.Condition,
        *,
        group: list[str] | None = None,
        day: int | None = None,
    ) -> q.Select:
        return q.Select(
            projects=VisibleProjects.of_system(),
            table=table.name,
            columns=columns,
            where=[where],
            group_by=group or [],
            start=-EVER if day is None else day * _DAY,
            end=EVER if day is None else (day + 1) * _DAY,
            limit=EVER,
        )

    def _within(self, condition: q.Condition) -> q.Condition:
        theirs = q.OneOf(q.Field("project_id"), list[q.Value](self._projects))
        return q.All([theirs, condition])


def _place(project: int, writer: str, position: int, ordinal: int | None) -> q.Condition:
    named: list[q.Condition] = [
        q.Compare(q.Field("project_id"), "=", project),
        q.Compare(q.Field("writer"), "=", writer),
        q.Compare(q.Field("position"), "=", position),
    ]
    if ordinal is not None:
        named.append(q.Compare(q.Field("ordinal"), "=", ordinal))
    return q.All(named)


def _label(table: str) -> str:
    return "events" if table == ERRORS.name else table.replace("_", " ")
