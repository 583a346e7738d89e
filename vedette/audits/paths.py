"""Which file of an audit a frame's name means."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable


class Paths:
    """The files of an audit, found by the ends of their paths.

    The more parts of their ends are the same the better, two at least; of two the one that is the
    end of the name as a whole. One part is enough only for a file at the root that is called just
    so.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._keys = sorted({_key(path) for path in paths})

    def of(self, name: str) -> str:
        """The path that a name means; empty if none, or two as well as each other.

        Paths stand in the order of their ends, so those that share most with a name are beside
        it: a name costs no more among 50,000 files that are called alike.
        """
        key = _key(name.strip("/"))
        place = bisect_left(self._keys, key)
        beside = self._keys[max(0, place - 1) : place + 1]
        tail = max((_shared(key, one) for one in beside), key=len, default="")
        if tail in beside and (tail == key or tail.count(_END) > 1):
            return _path(tail)
        if tail.count(_END) < 2:
            return ""
        first = bisect_left(self._keys, tail)
        if self._keys[first] == tail:
            return _path(tail)
        fit = [one for one in self._keys[first : first + 2] if one.startswith(tail)]
        return _path(fit[0]) if len(fit) == 1 else ""


_END = "\0"  # behind each part, so that it sorts before whatever a longer name goes on with


def _key(path: str) -> str:
    """The parts of a path from its end on."""
    return "".join(f"{part}{_END}" for part in reversed(path.split("/")))


def _path(key: str) -> str:
    return "/".join(reversed(key.split(_END)[:-1]))


def _shared(one: str, other: str) -> str:
    """The parts with which both keys begin."""
    size = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None
    )
    same = one[: min(len(one), len(other)) if size is None else size]
    return same[: same.rfind(_END) + 1]
