"""Which file of an audit a frame's name means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from vedette.sources.paths import shared_tail


class Paths:
    """The files of an audit, found by the ends of their paths.

    The more parts of their ends are the same the better, two at least; of two the one that is the
    end of the name as a whole. One part is enough only for a file at the root that is called just
    so.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_end: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_end[_end(path)].append(path)

    def of(self, name: str) -> str:
        """The path that a name means; empty if none, or two as well as each other."""
        name = name.strip("/")
        candidates = self._by_end.get(_end(name), ())
        ranks = {path: _rank(name, path) for path in candidates}
        best = max(ranks.values(), default=None)
        fit = [path for path, rank in ranks.items() if rank == best]
        return fit[0] if len(fit) == 1 else ""


def _end(path: str) -> str:
    """The last two parts, or the only one."""
    return "/".join(path.rsplit("/", 2)[-2:])


def _rank(name: str, path: str) -> tuple[int, bool]:
    shared = shared_tail(name, path)
    return shared, shared == path.count("/") + 1
