"""The same event sent twice is stored once: a filter in memory, the store as the judge.

A Bloom filter over a day's event ids says "never seen" at once for nearly all; the few it
suspects are looked up in the store. It is filled from the store at start.
"""

from __future__ import annotations

from collections.abc import Sequence

import xxhash

from vedette import clock
from vedette.items.event import ERRORS
from vedette.store import query as q
from vedette.store.engine import Reader
from vedette.store.visible import VisibleProjects

WINDOW_SECONDS = 86400
_BITS = 26
_MASK = (1 << _BITS) - 1
_SLICES = 24


class Seen:
    """The event ids of the last one to two days."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._current = bytearray(1 << (_BITS - 3))
        self._previous = bytearray(1 << (_BITS - 3))
        self._turned = clock.timestamp()

    def load(self) -> int:
        """Fill the filter from the store; returns the number of ids."""
        now = int(clock.timestamp()) + 60
        count = 0
        step = WINDOW_SECONDS // _SLICES
        for start in range(now - WINDOW_SECONDS - 60, now, step):
            select = q.Select(
                table=ERRORS.name,
                projects=VisibleProjects.of_system(),
                columns={"project_id": q.Field("project_id"), "event_id": q.Field("event_id")},
                start=0,
                end=(now + WINDOW_SECONDS) * q.MICROSECONDS,
                where=[
                    q.Compare(q.Field("received"), ">=", start * q.MICROSECONDS),
                    q.Compare(q.Field("received"), "<", (start + step) * q.MICROSECONDS),
                ],
                limit=1 << 31,
            )
            for project_id, event_id in self._store.query(select).rows:
                self._add(project_id, event_id)
                count += 1
        return count

    def suspects(self, project_id: int, event_id: str) -> bool:
        """Whether the id may have been seen; it counts as seen from now on."""
        self._turn()
        spots = _spots(project_id, event_id)
        current, previous = self._current, self._previous
        is_known = all(
            (current[spot >> 3] | previous[spot >> 3]) >> (spot & 7) & 1 for spot in spots
        )
        for spot in spots:
            current[spot >> 3] |= 1 << (spot & 7)
        return is_known

    def confirm(
        self, ids: Sequence[tuple[int, str]]
    ) -> dict[tuple[int, str], set[tuple[str, int]]]:
        """Where the store holds these (project, event id): writer and position of each row."""
        if not ids:
            return {}
        now = int(clock.timestamp())
        select = q.Select(
            table=ERRORS.name,
            projects=VisibleProjects.of_system(),
            columns={
                name: q.Field(name) for name in ("project_id", "event_id", "writer", "position")
            },
            start=0,
            end=(now + WINDOW_SECONDS) * q.MICROSECONDS,
            where=[
                q.OneOf(q.Field("event_id"), [event_id for _, event_id in ids]),
                q.Compare(q.Field("received"), ">=", (now - 2 * WINDOW_SECONDS) * q.MICROSECONDS),
            ],
            limit=1 << 20,
        )
        found: dict[tuple[int, str], set[tuple[str, int]]] = {}
        for project_id, event_id, writer, position in self._store.query(select).rows:
            found.setdefault((project_id, event_id), set()).add((writer, position))
        return found

    def _add(self, project_id: int, event_id: str) -> None:
        for spot in _spots(project_id, event_id):
            self._current[spot >> 3] |= 1 << (spot & 7)

    def _turn(self) -> None:
        now = clock.timestamp()
        if now - self._turned > WINDOW_SECONDS:
            self._turned = now
            self._previous, self._current = self._current, bytearray(1 << (_BITS - 3))


def _spots(project_id: int, event_id: str) -> tuple[int, int, int, int]:
    number = xxhash.xxh3_128_intdigest(event_id.encode(), seed=project_id & 0xFFFFFFFF)
    return (
        number & _MASK,
        number >> 32 & _MASK,
        number >> 64 & _MASK,
        number >> 96 & _MASK,
    )
