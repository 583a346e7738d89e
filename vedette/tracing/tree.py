"""The spans of a trace in the order of a waterfall, with what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

# Clocks of two machines differ by some milliseconds without anything being wrong.
SKEW_MICROS = 5_000
MOST_DEPTH = 500


class Node(msgspec.Struct, kw_only=True):
    """One span of a trace. Times are microseconds since 1970.

    `service` is whose it is, `values` whatever else is shown of it. The tree fills the rest:
    `depth`; `size`, how many spans hang below it; `is_orphan`, where its parent was not sent;
    `skew`, the microseconds that it seems to begin before its parent, which another clock wrote;
    `is_critical`, where the whole waited for it.
    """

    span_id: str
    parent_id: str
    start: int
    end: int
    service: str
    is_segment: bool = False
    is_failed: bool = False
    values: dict[str, Any] = {}
    depth: int = 0
    size: int = 0
    is_orphan: bool = False
    skew: int = 0
    is_critical: bool = False


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Every span once, parents before their children, those by their beginnings.

    A span that was sent twice is shown once; one whose parent is not there is a root by
    itself; of spans that are each other's parents the earliest is.
    """
    by_id: dict[str, Node] = {}
    for node in nodes:
        by_id.setdefault(node.span_id, node)
    children: dict[str, list[Node]] = defaultdict(list)
    roots: list[Node] = []
    for node in by_id.values():
        parent = by_id.get(node.parent_id)
        if parent is None or parent is node:
            node.is_orphan = bool(node.parent_id) and parent is None
            roots.append(node)
        else:
            children[node.parent_id].append(node)
    for siblings in children.values():
        siblings.sort(key=_place)
    ordered: list[Node] = []
    seen: set[str] = set()
    for root in sorted(roots, key=_place):
        _walk(root, children, seen, ordered)
    for node in sorted(by_id.values(), key=_place):  # what is left goes round in circles
        if node.span_id not in seen:
            node.is_orphan = True
            _walk(node, children, seen, ordered)
    _find_skew(ordered, by_id)
    return ordered


def _place(node: Node) -> tuple[int, int, str]:
    return (node.start, -node.end, node.span_id)


def _walk(root: Node, children: dict[str, list[Node]], seen: set[str], ordered: list[Node]) -> None:
    """Add a span and all below it; deeper than people look, all lie side by side."""
    stack: list[tuple[Node, int]] = [(root, 0)]
    places: list[tuple[int, int]] = []  # depth and place of the spans above
    while stack:
        node, depth = stack.pop()
        if node.span_id in seen:
            continue
        seen.add(node.span_id)
        _close(places, depth, ordered)
        node.depth = min(depth, MOST_DEPTH)
        places.append((depth, len(ordered)))
        ordered.append(node)
        stack.extend((child, depth + 1) for child in reversed(children.get(node.span_id, ())))
    _close(places, 0, ordered)


def _close(places: list[tuple[int, int]], depth: int, ordered: list[Node]) -> None:
    while places and places[-1][0] >= depth:
        _, place = places.pop()
        ordered[place].size = len(ordered) - place - 1


def _find_skew(ordered: Sequence[Node], by_id: dict[str, Node]) -> None:
    """Where a child of another service begins before its parent, by how much."""
    for node in ordered:
        parent = by_id.get(node.parent_id)
        if parent is None or parent.service == node.service:
            continue
        early = parent.start - node.start
        late = node.start - parent.end
        if early > SKEW_MICROS or (late > SKEW_MICROS and not node.is_segment):
            node.skew = early if early > 0 else -late


def mark_critical(ordered: Sequence[Node]) -> int:
    """Mark what the longest root waited for, from its end backwards; returns the microseconds.

    At any moment the whole waits for the child that ends last before the moment; while no
    child runs it waits for the span itself.
    """
    roots = [at for at, node in enumerate(ordered) if node.depth == 0]
    if not roots:
        return 0
    root = max(roots, key=lambda at: ordered[at].end - ordered[at].start)
    work = [(root, ordered[root].end)]
    while work:
        place, until = work.pop()
        node = ordered[place]
        node.is_critical = True
        moment = min(node.end, until)
        for child in sorted(_children(ordered, place), key=lambda at: -ordered[at].end):
            one = ordered[child]
            if one.end <= moment and one.end > one.start:
                work.append((child, one.end))
                moment = one.start
    return ordered[root].end - ordered[root].start


def _children(ordered: Sequence[Node], place: int) -> list[int]:
    found: list[int] = []
    at, end = place + 1, place + 1 + ordered[place].size
    while at < end:
        found.append(at)
        at += 1 + ordered[at].size
    return found
