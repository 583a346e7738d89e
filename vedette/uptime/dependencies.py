"""What depends on what. Nothing may depend on itself, by whatever detour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def finds_cycle(
    edges: Mapping[int, Iterable[int]], monitor: int, wanted: Iterable[int]
) -> list[int]:
    """The way by which the monitor would depend on itself; empty if it would not.

    `edges` are the dependencies that there are, by monitor; `wanted` those that it shall have.
    """
    ways = [[monitor, other] for other in sorted(wanted)]
    seen: set[int] = set()
    while ways:
        way = ways.pop()
        if way[-1] == monitor:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, other] for other in sorted(edges.get(way[-1], ()))]
    return []
