"""What a handler does, for languages whose statements are alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from vedette.audit.facts import Deed, DeedKind
from vedette.audit.languages._tree import Source, line_of
from vedette.audit.vocabulary import deed_of_call, log_level

_MOST_DEPTH = 6
_STATUS = re.compile(rb"\b([45]\d\d)\b|Status(?:Internal|Bad)\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The node types of statements."""

    blocks: frozenset[str]
    wrappers: frozenset[str]
    calls: frozenset[str]
    returns: frozenset[str]
    throws: frozenset[str]
    leaves: frozenset[str]
    ifs: frozenset[str]
    loops: frozenset[str]
    assigns: frozenset[str]
    constants: frozenset[str]
    throwing: frozenset[str] = frozenset()  # calls that throw, by their name

    def exits_of(self, final: Node | None) -> tuple[tuple[str, int], ...]:
        """The words of a `finally` that leave it."""
        found: list[tuple[str, int]] = []
        waiting = [final] if final is not None else []
        while waiting and len(found) < 10:
            node = waiting.pop()
            if node.type in self.returns:
                found.append(("return", line_of(node)))
            elif "lambda" not in node.type and "function" not in node.type:
                waiting += node.named_children
        return tuple(sorted(found, key=lambda one: one[1]))


class Deeds:
    """Collects the deeds of one handler."""

    def __init__(
        self,
        words: Words,
        path_of: Callable[[Node | None, Source], str],
        source: Source,
        error: str,
    ) -> None:
        self._words = words
        self._path_of = path_of
        self._source = source
        name = re.escape(error.encode().lstrip(b"$"))
        self._uses = re.compile(rb"(?<![\w.])\$?" + name + rb"(?!\w)") if error else None
        self.found: list[Deed] = []

    def of_block(self, block: Node, condition: str = "", depth: int = _MOST_DEPTH) -> None:
        """The deeds of a block's statements, or of a statement that stands for one."""
        if block.type in self._words.blocks:
            for one in block.named_children[:80]:
                self._statement(one, condition, depth)
        else:
            self._statement(block, condition, depth)

    def _statement(self, node: Node, condition: str, depth: int) -> None:
        kind = node.type
        for _ in range(4):
            if kind in self._words.wrappers and node.named_child_count:
                node = node.named_children[0]
                kind = node.type
        if "comment" in kind or kind == "empty_statement":
            return
        if depth <= 0:
            self._add("other", node, condition)
        elif kind in self._words.blocks:
            self.of_block(node, condition, depth - 1)
        elif kind in self._words.ifs:
            test = node.child_by_field_name("condition")
            said = self._source.cut(test) if test is not None else "?"
            for name in ("consequence", "body", "alternative"):
                branch = node.child_by_field_name(name)
                if branch is not None:
                    self.of_block(branch, said, depth - 1)
        elif kind in self._words.loops:
            self._add("other", node, condition)
        else:
            self._simple(node, condition)

    def _simple(self, node: Node, condition: str) -> None:
        kind = node.type
        if kind in self._words.calls:
            self._call(node, condition)
        elif kind in self._words.throws:
            self._add("throw", node, condition)
        elif kind in self._words.returns:
            self._return(node, condition)
        elif kind in self._words.leaves:
            self._add("leave", node, condition)
        elif kind in self._words.assigns:
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            constant = value is not None and self._is_constant(value)
            self._add("assign-constant" if constant else "assign", node, condition)
        elif kind in self._words.constants:
            self._add("return-constant", node, condition)
        else:
            self._add("other", node, condition)

    def _return(self, node: Node, condition: str) -> None:
        value = node.named_children[0] if node.named_child_count else None
        if value is None or self._is_constant(value):
            self._add("return-constant", node, condition)
        elif value.type in self._words.calls:
            path = self._path_of(value, self._source).removesuffix("()")
            if deed_of_call(path) == "call":
                self._add("return", node, condition, path=path)
            else:
                self._call(value, condition)
        else:
            self._add("return", node, condition)

    def _is_constant(self, node: Node) -> bool:
        waiting = [node]
        for _ in range(60):
            if not waiting:
                return True
            one = waiting.pop()
            if one.type in self._words.constants:
                continue
            if one.type in (
                "expression_list",
                "argument_list",
                "array",
                "hash",
                "parenthesized_expression",
            ):
                waiting += one.named_children
            elif one.type == "array_creation_expression" and not one.named_child_count:
                continue
            else:
                return False
        return False

    def _call(self, node: Node, condition: str) -> None:
        path = self._path_of(node, self._source).removesuffix("()")
        kind = deed_of_call(path)
        if path in self._words.throwing:
            kind = "throw"
        self._add(kind, node, condition, path=path, level=log_level(path) if kind == "log" else "")

    def _add(
        self, kind: DeedKind, node: Node, condition: str, *, path: str = "", level: str = ""
    ) -> None:
        text = self._source.text[node.start_byte : min(node.end_byte, node.start_byte + 2000)]
        status = _STATUS.search(text) if kind == "answer" else None
        uses = self._uses is not None and self._uses.search(text) is not None
        self.found.append(
            Deed(
                kind=kind,
                line=line_of(node),
                path=path,
                level=level,
                status=int(status[1] or 500) if status else 0,
                condition=condition,
                uses_error=uses,
                keeps_error=uses and (kind == "throw" or kind in ("log", "call", "capture")),
                text=self._source.cut(node),
            )
        )
