"""Counts the rows of one project: which counters a row concerns, and under which key.

A thousand rules cost a row no more than those that concern it: conditions that ask for one value
of a field are found by the row's value, and equal conditions are asked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
import xxhash

from vedette.facts import Fact, RowMatched, RowsCounted
from vedette.rules.counting import Counter
from vedette.rules.windows import key_of_values
from vedette.store.query import All, Compare, Condition, Either, Expression, Field, OneOf, Tag
from vedette.store.rowwise import Predicate, RowValues, Value, as_stored, predicate, value_of

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class _Watched:
    """A counter, ready to be asked."""

    counter: Counter
    parts: tuple[Predicate, ...]
    keys: tuple[Value, ...]
    members: Value | None


@dataclass(slots=True)
class _Asked:
    """Counters with one and the same condition."""

    where: Predicate
    counters: list[_Watched]


class Watcher:
    """The counters of one project. Tags of rows are pairs; times are microseconds."""

    def __init__(self, counters: Iterable[Counter]) -> None:
        self._tables: dict[str, _Table] = {}
        for counter in counters:
            self._tables.setdefault(counter.table, _Table()).add(counter)

    def see(self, table: str, row: RowValues) -> Iterator[Fact]:
        """The facts of one row."""
        held = self._tables.get(table)
        if held is None:
            return
        tags = row.get("tags")
        view = {**row, "tags": dict(tags)} if tags else row
        for watched in held.concerned(view):
            yield _fact(watched, view)


class _Table:
    """The counters of one table, by what their conditions ask for."""

    def __init__(self) -> None:
        self._by_value: dict[bytes, tuple[Value, dict[object, list[_Asked]]]] = {}
        self._rest: list[_Asked] = []
        self._known: dict[bytes, _Asked] = {}

    def add(self, counter: Counter) -> None:
        """One more; one with a known condition joins it."""
        watched = _Watched(
            counter,
            tuple(predicate(part) for part in counter.parts),
            tuple(value_of(key) for key in counter.keys),
            value_of(counter.members) if counter.members is not None else None,
        )
        text = msgspec.json.encode(counter.where)
        known = self._known.get(text)
        if known is not None:
            known.counters.append(watched)
            return
        asked = self._known[text] = _Asked(predicate(counter.where), [watched])
        anchors = _anchors(counter.where)
        if not anchors:
            self._rest.append(asked)
        for left, values in anchors:
            _, found = self._by_value.setdefault(msgspec.json.encode(left), (value_of(left), {}))
            for value in values:
                found.setdefault(value, []).append(asked)

    def concerned(self, row: RowValues) -> Iterator[_Watched]:
        """The counters whose condition the row fulfils."""
        found = self._rest
        if self._by_value:
            near = (by.get(value(row), ()) for value, by in self._by_value.values())
            found = [*{id(asked): asked for some in near for asked in some}.values(), *found]
        for asked in found:
            if asked.where(row):
                yield from asked.counters


def _anchors(where: Condition) -> list[tuple[Expression, tuple[object, ...]]]:
    """Fields and tags with values, of which a row that fulfils the condition has at least one."""
    if isinstance(where, All):
        return next((found for part in where.of if (found := _anchors(part))), [])
    if isinstance(where, Either):
        parts = [_anchors(part) for part in where.of]
        return [one for part in parts for one in part] if all(parts) else []
    left = getattr(where, "left", None)
    if not isinstance(left, Field | Tag):
        return []
    if isinstance(where, OneOf):
        return [(left, tuple({as_stored(one) for one in where.values if one is not None}))]
    if isinstance(where, Compare) and where.operator == "=":
        value = where.value
        return [(left, (as_stored(value),))] if isinstance(value, str | int | float) else []
    return []


def _fact(watched: _Watched, row: RowValues) -> Fact:
    counter = watched.counter
    if counter.is_edge:
        return RowMatched(
            project_id=row["project_id"],
            counter=counter.id,
            group_id=row.get("group_id") or 0,
            event_id=row.get("event_id") or "",
            timestamp=row["timestamp"] / _MICROSECONDS,
        )
    seconds = row["timestamp"] // _MICROSECONDS
    member = watched.members(row) if watched.members is not None else None
    return RowsCounted(
        project_id=row["project_id"],
        counter=counter.id,
        key=key_of_values(key(row) for key in watched.keys),
        bucket=seconds - seconds % counter.width,
        counts=[1, *(int(part(row)) for part in watched.parts)],
        members=[] if member is None else [member_number(member)],
    )


def member_number(value: object) -> int:
    """A member of what is counted without repetition as a number; one of text by its hash."""
    if isinstance(value, int):
        return value
    number = xxhash.xxh3_64_intdigest(str(value).encode("utf-8", "replace"))
    return number - (1 << 64) if number >= 1 << 63 else number
