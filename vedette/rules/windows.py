"""What counters hold in memory: rows by key and bucket of time, and the sums over a window."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]
Place: TypeAlias = tuple[int, str]  # project, counter

_MOST_CHARACTERS = 200  # of a value
_MOST_BYTES = 2000  # of a key as JSON: databases index at most 2,700


def key_of_values(values: Iterable[object]) -> Key:
    """The texts of a key, which strangers write: short enough to be indexed all together."""
    key = tuple("" if one is None else str(one)[:_MOST_CHARACTERS] for one in values)
    if sum(map(len, key)) * 6 + 3 * len(key) + 1 <= _MOST_BYTES or _size(key) <= _MOST_BYTES:
        return key
    share = _MOST_BYTES // len(key)
    return tuple(_cut(text, share) for text in key)


def _cut(text: str, most_bytes: int) -> str:
    while _size((text,)) > most_bytes:
        text = text[:-4]
    return text


def _size(key: Key) -> int:
    return len(json.dumps(key, ensure_ascii=False).encode("utf-8", "replace"))


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
