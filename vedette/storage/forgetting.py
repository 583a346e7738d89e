"""Everything about one person: found and counted, then removed, by the worker.

What is killed half way goes on: what is to be removed is counted before the first row goes, and
removing again what is gone does nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import zstandard
from django.db import transaction

from vedette import clock
from vedette.accounts.models import AuditEntry, Organization
from vedette.items._kept import KEPT_ITEMS, restore
from vedette.items._persons import rows_of_person
from vedette.items.event import ERRORS
from vedette.projects.models import Project
from vedette.spool import backlog
from vedette.storage.deleting import EVER, delete_rows
from vedette.storage.models import Forgetting
from vedette.storage.removing import BESIDE, beside, correct
from vedette.store import query as q
from vedette.store.table import Table
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

State = Forgetting.State
DEAD_LETTERS = "dead letters"
_SETTLED = timedelta(seconds=60)
_AGAIN = timedelta(seconds=20)
_SHORTEST = 4  # a shorter word is found in the body of anybody's
_AT_ONCE = 500
_REWRITE_SHARE = 0.05
_DAY = 86_400_000_000
_SCRYPT = {"n": 1 << 14, "r": 8, "p": 1, "dklen": 32}


def ask_to_forget(
    organization: Organization, kind: str, value: str, *, by: str, address: str = ""
) -> Forgetting:
    """Begin to look for a person; nothing goes before `confirm`."""
    return Forgetting.objects.create(
        organization=organization,
        kind=kind,
        identity=value,
        digest=digest_of(kind, value, os.urandom(16)),
        by=by,
        address=address[:64],
    )


def digest_of(kind: str, value: str, salt: bytes) -> str:
    """Tells later, to who knows the person, that it was this one, and nothing to anybody else."""
    told = hashlib.scrypt(f"{kind}:{value.strip().lower()}".encode(), salt=salt, **_SCRYPT)
    return f"scrypt:{salt.hex()}:{told.hex()}"


def is_digest_of(digest: str, kind: str, value: str) -> bool:
    """Whether a receipt is about this person."""
    _, salt, _ = digest.split(":")
    return digest_of(kind, value, bytes.fromhex(salt)) == digest


def confirm(one: Forgetting) -> bool:
    """Let what was found go; False where it was not found yet, or is going already."""
    found = Forgetting.objects.filter(pk=one.pk, state=State.FOUND)
    return bool(found.update(state=State.REMOVING, confirmed_at=clock.now()))


def receipt(one: Forgetting) -> dict[str, Any]:
    """What was removed, when and by whom; who it was is told by a digest only."""
    return {
        "organization": one.organization.slug,
        "identifier": one.kind,
        "digest": one.digest,
        "asked_by": one.by,
        "asked_at": one.asked_at.isoformat(),
        "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "removed": one.removed,
    }


def work(house: House) -> None:
    """Go on with whatever waits. Raises StoreError, OSError."""
    waiting = Forgetting.objects.filter(state__in=(State.LOOKING, State.REMOVING))
    for one in waiting.select_related("organization").order_by("pk"):
        if one.state == State.LOOKING:
            found = dict(_Search(house, one).counts())
            Forgetting.objects.filter(pk=one.pk).update(found=found, state=State.FOUND)
        else:
            _remove(house, one)


def _remove(house: House, one: Forgetting) -> None:
    """What was counted goes; what came late goes later and is added."""
    if one.swept_at is not None and clock.now() - one.swept_at < _AGAIN:
        return
    search = _Search(house, one)
    if one.swept_at is None:
        if not one.removed:
            one.removed = dict(search.counts()) or {"events": 0}
            one.save(update_fields=["removed"])
        search.remove()
        house.store.rewrite(_REWRITE_SHARE)
    elif late := search.counts():
        search.remove()
        one.removed = dict(late + Counter(one.removed))
    elif _is_settled(house, one):
        _finish(one)
        return
    one.swept_at = clock.now()
    one.save(update_fields=["removed", "swept_at"])


def _is_settled(house: House, one: Forgetting) -> bool:
    """Whether nothing that was received before it was confirmed is on its way any more."""
    age = timedelta(seconds=backlog.age_seconds(house.spool_folder))
    return clock.now() - (one.confirmed_at or one.asked_at) > max(_SETTLED, age)


@transaction.atomic
def _finish(one: Forgetting) -> None:
    """The receipt goes into the log of changes, and the person's name out of the database."""
    one.finished_at, one.state, one.identity = clock.now(), State.DONE, ""
    one.save(update_fields=["finished_at", "state", "identity"])
    AuditEntry.objects.create(
        organization=one.organization,
        who=one.by,
        address=one.address,
        what=f"a person was forgotten, known by {one.kind}: {sum(one.removed.values())} removed",
        before={},
        after={**one.removed, "digest": one.digest},
    )


class _Search:
    """One person in the projects of one organisation."""

    def __init__(self, house: House, one: Forgetting) -> None:
        self._house = house
        self._identity, self._value = one.kind, str(one.identity)
        owned = Project.objects.filter(organization=one.organization)
        self._projects = list(owned.values_list("pk", flat=True))
        self._theirs = {
            table.name: (table, self._within(condition))
            for table, condition in rows_of_person(self._identity, self._value)
        }

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
        if not rows:
            return
        delete_rows(self._house, [table], where)
        for project in {row[0] for row in rows}:
            gone = {str(group): n for owner, group, n in rows if owner == project}
            correct(self._house, project, gone)

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
        """The places of kept items in whose body the person is named, in portions."""
        if len(self._value) < _SHORTEST:
            return
        names = ("project_id", "writer", "position", "ordinal", "body", "body_blob")
        wanted = self._value.lower().encode()
        places: list[q.Condition] = []
        for day in self._days_of_kept():
            select = self._select(
                KEPT_ITEMS, {name: q.Field(name) for name in names}, self._not_named(), day=day
            )
            for row in self._house.store.query(select).rows:
                held = row[4] if row[4] is not None else self._house.blobs.get(row[5] or "")
                if held and _names(held, wanted):
                    places.append(_place(*row[:4]))
                if len(places) >= _AT_ONCE:
                    yield places
                    places = []
        if places:
            yield places

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

    def _letters(self) -> list[Any]:
        if len(self._value) < _SHORTEST:
            return []
        wanted = self._value.lower().encode()
        return [
            path
            for path, held in self._house.dead.records()
            if wanted in held.body.lower() and held.body
        ]

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


def _names(held: bytes, wanted: bytes) -> bool:
    """Whether a kept body holds these words."""
    try:
        return wanted in restore(held).lower()
    except zstandard.ZstdError:
        return False


def _label(table: str) -> str:
    return "events" if table == ERRORS.name else table.replace("_", " ")
