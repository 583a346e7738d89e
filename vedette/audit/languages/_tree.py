"""Reading a syntax tree of tree-sitter from its first byte to its last, without recursion.

A query of the grammar finds the nodes that matter, in C; `Sweep` goes through them in the order in
which they begin and knows of each where it stands: in which function, class, try and handler. So
nesting costs memory, never the stack.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from vedette.audit.languages._sweeping import TOP, Place


@dataclass(slots=True)
class Sweep:
    """The regions that are open where the sweep is."""

    place: Place = TOP
    open: list[tuple[int, Place]] = field(default_factory=list)

    def move(self, start: int) -> None:
        """Close what ends before `start`."""
        while self.open and self.open[-1][0] <= start:
            self.place = self.open.pop()[1]

    def enter(self, end: int, place: Place) -> None:
        """Up to `end` things stand in `place`."""
        self.open.append((end, self.place))
        self.place = place


# tree-sitter finds a parent by going down from the root past all its children: in a file of
# thousands of statements that is quadratic, and a table costs less.
_WIDE_BYTES = 60_000
_WIDE_CHILDREN = 300


def _parents_of(root: Node) -> dict[int, Node]:
    """The parent of every named node by the node's id."""
    found: dict[int, Node] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        inner = node.named_children
        for one in inner:
            found[one.id] = node
        waiting += inner
    return found


class Source:
    """A text with its tree."""

    def __init__(self, language: Language, text: bytes) -> None:
        self.text = text
        self.tree: Tree = Parser(language).parse(text)
        self.root: Node = self.tree.root_node
        self._lines: list[int] | None = None
        is_wide = len(text) > _WIDE_BYTES or self.root.named_child_count > _WIDE_CHILDREN
        self._parents = _parents_of(self.root) if is_wide else None

    def parent(self, node: Node) -> Node | None:
        """What a node stands in."""
        return node.parent if self._parents is None else self._parents.get(node.id)

    def of(self, node: Node) -> str:
        """The text of a node."""
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def cut(self, node: Node, most: int = 120) -> str:
        """The beginning of a node's text, on one line."""
        end = min(node.end_byte, node.start_byte + most)
        return " ".join(self.text[node.start_byte : end].decode("utf-8", "replace").split())

    def lines(self, node: Node, most: int = 12) -> str:
        """The first lines of a node's text."""
        end = min(node.end_byte, node.start_byte + most * 160)
        text = self.text[node.start_byte : end].decode("utf-8", "replace")
        return "\n".join(text.split("\n")[:most])

    def broken_line(self) -> int:
        """The line of the first thing that the grammar does not know."""
        node = self.root
        for _ in range(2000):
            inner = next((one for one in node.children if one.has_error or one.is_missing), None)
            if inner is None or inner.type == "ERROR":
                return line_of(inner or node)
            node = inner
        return line_of(node)

    def line_at(self, offset: int) -> int:
        """The line of a byte, from 1."""
        if self._lines is None:
            starts = [0]
            at = self.text.find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find(b"\n", at + 1)
            self._lines = starts
        return bisect_right(self._lines, offset)


def line_of(node: Node) -> int:
    """The line on which a node begins, from 1."""
    return int(node.start_point[0]) + 1


def last_line_of(node: Node) -> int:
    """The line on which a node ends, from 1."""
    return int(node.end_point[0]) + 1


def found_nodes(query: Query, root: Node) -> list[tuple[int, int, str, Node]]:
    """What a query finds as (start, -end, name, node), outer nodes before those in them."""
    captures = QueryCursor(query).captures(root)
    return sorted(
        (
            (node.start_byte, -node.end_byte, name, node)
            for name, nodes in captures.items()
            for node in nodes
        ),
        key=lambda one: one[:2],
    )


def statements(block: Node) -> list[Node]:
    """The statements of a block, without comments."""
    return [one for one in block.named_children if "comment" not in one.type]


def comments(node: Node, source: Source) -> Iterator[str]:
    """The comments directly in a block, as written."""
    for one in node.named_children:
        if "comment" in one.type:
            yield source.cut(one, 300)
