"""What counters count, written in step with the spool position, and read as sums over a window."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeAlias

from django.db import connection

from vedette.alerts.models import CounterBucket, CounterMember
from vedette.facts import RowsCounted
from vedette.rules.windows import Key, Place, Sums

OTHERS = ("\x00others",)  # stands for the keys beyond the most that a counter may have
MOST_KEYS = 2000
_PARTS = 3
_COUNT = """
INSERT INTO alerts_counterbucket (project_id, counter, key, bucket, rows, part1, part2, part3)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (project_id, counter, key, bucket) DO UPDATE SET
  rows = alerts_counterbucket.rows + excluded.rows,
  part1 = alerts_counterbucket.part1 + excluded.part1,
  part2 = alerts_counterbucket.part2 + excluded.part2,
  part3 = alerts_counterbucket.part3 + excluded.part3
"""
_SUMS = """
SELECT project_id, counter, key, SUM(rows), SUM(part1), SUM(part2), SUM(part3)
FROM alerts_counterbucket WHERE bucket >= %s AND bucket < %s GROUP BY project_id, counter, key
"""
_MEMBERS = """
SELECT project_id, counter, key, COUNT(DISTINCT member)
FROM alerts_countermember WHERE bucket >= %s AND bucket < %s GROUP BY project_id, counter, key
"""

AllSums: TypeAlias = dict[Place, dict[Key, Sums]]


class KeyLimit:
    """Which keys of a counter are counted by themselves: the first so many of the last day."""

    def __init__(self) -> None:
        self._known: dict[Place, set[Key]] = {}

    def admit(self, place: Place, key: Key) -> Key:
        """The key, or that of the others."""
        known = self._known.get(place)
        if known is None:
            rows = CounterBucket.objects.filter(project_id=place[0], counter=place[1])
            found = rows.values_list("key", flat=True).distinct()[: MOST_KEYS + 1]
            known = self._known[place] = {read_key(text) for text in found}
        if key in known:
            return key
        if len(known) >= MOST_KEYS:
            return OTHERS
        known.add(key)
        return key

    def forget(self) -> None:
        """Ask the database again: old keys are gone."""
        self._known.clear()


limit = KeyLimit()


def record(facts: Sequence[RowsCounted], *, oldest: int = 0) -> None:
    """Add what a batch counted, within its transaction, in one order for all writers.

    Buckets that began before `oldest` are in no window any more.
    """
    rows: dict[tuple[int, str, str, int], list[int]] = {}
    members: set[tuple[int, str, str, int, int]] = set()
    for fact in facts:
        if fact.bucket < oldest:
            continue
        place = (fact.project_id, fact.counter)
        key = limit.admit(place, fact.key)
        name = (*place, write_key(key), fact.bucket)
        held = rows.setdefault(name, [0] * (_PARTS + 1))
        for at, number in enumerate(fact.counts[: _PARTS + 1]):
            held[at] += number
        members.update((*name, member) for member in fact.members)
    with connection.cursor() as cursor:
        cursor.executemany(_COUNT, [(*name, *rows[name]) for name in sorted(rows)])
    if members:
        CounterMember.objects.bulk_create(
            [
                CounterMember(project_id=project, counter=counter, key=key, bucket=at, member=one)
                for project, counter, key, at, one in sorted(members)
            ],
            ignore_conflicts=True,
        )


def sums_between(start: int, end: int, *, with_members: bool) -> AllSums:
    """The sums of all counters over the buckets that begin within a time."""
    found: AllSums = {}
    members: dict[tuple[int, str, str], int] = {}
    with connection.cursor() as cursor:
        if with_members:
            cursor.execute(_MEMBERS, (start, end))
            members = {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}
        cursor.execute(_SUMS, (start, end))
        for project, counter, key, *counts in cursor.fetchall():
            sums = Sums(tuple(int(one) for one in counts), members.get((project, counter, key), 0))
            found.setdefault((project, counter), {})[read_key(key)] = sums
    return found


def forget(before: int) -> int:
    """Delete buckets that began before a moment; returns how many."""
    CounterMember.objects.filter(bucket__lt=before).delete()
    limit.forget()
    return CounterBucket.objects.filter(bucket__lt=before).delete()[0]


def write_key(key: Key) -> str:
    """A key as the database holds it."""
    return json.dumps(key, ensure_ascii=False, separators=(",", ":"))


def read_key(text: str) -> Key:
    """A key from the database."""
    return tuple(str(one) for one in json.loads(text))
