"""What counters hold in memory: rows by key and bucket of time, and the sums over a window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]
Place: TypeAlias = tuple[int, str]  # project, counter


@dataclass(slots=True)
class Bucket:
    """The numbers of one key in one bucket: all rows, then those of each part."""

    counts: list[int]
    members: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sums:
    """The numbers of one key in one window; without any row `counts` is empty."""

    counts: tuple[int, ...] = ()
    members: int = 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.counts[0] if self.counts else 0


class Windows:
    """The counters of a process. For one thread at a time; the caller locks."""

    def __init__(self) -> None:
        self._held: dict[Place, dict[Key, dict[int, Bucket]]] = {}

    def add(
        self, place: Place, key: Key, bucket: int, counts: Iterable[int], members: Iterable[int]
    ) -> Bucket:
        """Count rows; returns what the bucket holds now."""
        buckets = self._held.setdefault(place, {}).setdefault(key, {})
        held = buckets.get(bucket)
        if held is None:
            held = buckets[bucket] = Bucket(list(counts), set(members))
        else:
            held.counts = [one + more for one, more in zip(held.counts, counts, strict=True)]
            held.members.update(members)
        return held

    def keys(self, place: Place) -> tuple[Key, ...]:
        """The keys of which anything is held."""
        return tuple(self._held.get(place, ()))

    def sums(self, place: Place, key: Key, start: int, end: int) -> Sums:
        """The numbers of the buckets that lie within `start` and `end`."""
        buckets = self._held.get(place, {}).get(key)
        found = [one for at, one in buckets.items() if start <= at < end] if buckets else []
        if not found:
            return Sums()
        counts = tuple(sum(column) for column in zip(*(one.counts for one in found), strict=True))
        members: set[int] = set().union(*(one.members for one in found))
        return Sums(counts, len(members))

    def forget(self, place: Place, before: int) -> None:
        """Let go of buckets that began before a moment, and of keys without any."""
        keys = self._held.get(place)
        if keys is None:
            return
        for key in list(keys):
            buckets = keys[key]
            for at in [at for at in buckets if at < before]:
                del buckets[at]
            if not buckets:
                del keys[key]
        if not keys:
            del self._held[place]

    def places(self) -> Iterator[Place]:
        """Every counter that holds anything."""
        return iter(tuple(self._held))

    def drop(self, place: Place) -> None:
        """Forget a counter that no rule has any more."""
        self._held.pop(place, None)
