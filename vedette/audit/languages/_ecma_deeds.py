"""What a handler of JavaScript or TypeScript does, statement by statement."""

from __future__ import annotations

import re

from tree_sitter import Node

from vedette.audit.facts import Deed, DeedKind
from vedette.audit.languages._ecma_values import path_of, unwrapped
from vedette.audit.languages._tree import Source, line_of, statements
from vedette.audit.vocabulary import deed_of_call, log_level

_CONSTANTS = {"string", "number", "true", "false", "null", "undefined", "template_string", "regex"}
_ERRORLIKE = re.compile(r"(?:^|[._])\w*(?:err|error|failed|failure)\w*$", re.IGNORECASE)
_STATUS = re.compile(rb"(?:status(?:Code)?\s*[(:=]\s*|sendStatus\(|code\(|, *)(\d{3})\b")
_MOST_DEPTH = 6
_PLAIN_KINDS: dict[str, DeedKind] = {
    "throw_statement": "throw",
    "continue_statement": "leave",
    "break_statement": "leave",
}


class Deeds:
    """Collects the deeds of one handler; `error` are the names of what it caught."""

    def __init__(self, source: Source, error: str) -> None:
        self._source = source
        names = "|".join(re.escape(name) for name in re.findall(r"[\w$]+", error))
        self._uses = re.compile(rf"(?<![\w$.])(?:{names})(?![\w$])".encode()) if names else None
        whole = rf"(?<![\w$.{{(])(?:{names})(?![\w$.?(\[])|(?<!String)\((?:{names})(?=[,)])"
        self._keeps = re.compile(whole.encode()) if names else None
        self.found: list[Deed] = []

    def of_block(self, block: Node, condition: str = "", depth: int = _MOST_DEPTH) -> None:
        """The deeds of a block's statements."""
        for one in statements(block)[:80]:
            self.of_statement(one, condition, depth)

    def of_statement(self, node: Node, condition: str = "", depth: int = _MOST_DEPTH) -> None:
        """The deeds of one statement and of those in it."""
        kind = node.type
        if depth <= 0:
            self._add("other", node, condition)
        elif kind in _PLAIN_KINDS:
            self._add(_PLAIN_KINDS[kind], node, condition)
        elif kind == "expression_statement":
            for one in node.named_children[:1]:
                self.of_expression(one, condition)
        elif kind == "return_statement":
            self._return(node, condition)
        elif kind == "if_statement":
            self._if(node, condition, depth)
        elif kind in ("lexical_declaration", "variable_declaration"):
            self._declaration(node, condition)
        elif kind not in ("empty_statement", "debugger_statement"):
            self._nested(node, condition, depth)

    def _nested(self, node: Node, condition: str, depth: int) -> None:
        """What holds statements: a block, another try, a loop, a choice."""
        if node.type == "statement_block":
            self.of_block(node, condition, depth - 1)
            return
        is_try = node.type in ("try_statement", "catch_clause")
        if not is_try:
            self._add("other", node, condition)
        for one in node.named_children:
            if one.type in ("statement_block", "catch_clause") or one.type.startswith("switch_"):
                self.of_block(one, condition if is_try else condition or "?", depth - 1)

    def of_expression(self, node: Node, condition: str = "") -> None:
        """The deed of an expression that stands by itself."""
        inner = unwrapped(node)
        kind = inner.type
        if kind == "call_expression":
            self._call(inner, condition)
        elif kind in ("assignment_expression", "augmented_assignment_expression"):
            self._assignment(inner, condition)
        elif kind == "unary_expression" and self._source.of(inner).startswith("void"):
            argument = unwrapped(inner.named_children[-1]) if inner.named_child_count else inner
            if argument.type == "call_expression":
                self._call(argument, condition)
        elif kind not in _CONSTANTS and not _is_empty(inner):
            self._add("other", inner, condition)

    def of_result(self, node: Node, condition: str = "") -> None:
        """The deed of an expression that is returned: the body of an arrow function, too."""
        inner = unwrapped(node)
        if inner.type == "call_expression":
            path = path_of(inner.child_by_field_name("function"), self._source)
            if deed_of_call(path) != "call":
                self._call(inner, condition)
                return
        if inner.type == "unary_expression" and self._source.of(inner).startswith("void"):
            self.of_expression(inner, condition)
        elif _is_constant(inner):
            self._add("return-constant", inner, condition)
        elif inner.type == "assignment_expression":
            self._assignment(inner, condition)
        else:
            answers = b"tatus" in self._bytes(inner) and _STATUS.search(self._bytes(inner))
            self._add("answer" if answers else "return", inner, condition)

    def _return(self, node: Node, condition: str) -> None:
        if statements(node):
            self.of_result(statements(node)[0], condition)
        else:
            self._add("return-constant", node, condition)

    def _if(self, node: Node, condition: str, depth: int) -> None:
        test = node.child_by_field_name("condition")
        words = self._source.cut(test)[1:-1] if test is not None else "?"
        for name, said in (("consequence", words), ("alternative", f"!({words})")):
            branch = node.child_by_field_name(name)
            if branch is not None and branch.type == "else_clause":
                branch = branch.named_children[0] if branch.named_child_count else None
            if branch is not None:
                whole = f"{condition} && {said}" if condition else said
                self.of_statement(branch, whole, depth - 1)

    def _declaration(self, node: Node, condition: str) -> None:
        for one in node.named_children:
            value = one.child_by_field_name("value")
            if value is not None:
                constant = _is_constant(unwrapped(value))
                self._add("assign-constant" if constant else "assign", one, condition)

    def _assignment(self, node: Node, condition: str) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        path = path_of(left, self._source)
        constant = right is not None and _is_constant(unwrapped(right))
        if _ERRORLIKE.search(path):
            self._add("surface", node, condition, path=path)
        elif path.endswith(".status") and self._bytes(node)[-3:].isdigit():
            self._add("answer", node, condition, path=path)
        else:
            self._add("assign-constant" if constant else "assign", node, condition, path=path)

    def _call(self, node: Node, condition: str) -> None:
        path = path_of(node.child_by_field_name("function"), self._source)
        kind = deed_of_call(path)
        self._add(kind, node, condition, path=path, level=log_level(path) if kind == "log" else "")

    def _add(
        self, kind: DeedKind, node: Node, condition: str, *, path: str = "", level: str = ""
    ) -> None:
        text = self._bytes(node)
        status = _STATUS.search(text) if kind == "answer" else None
        self.found.append(
            Deed(
                kind=kind,
                line=line_of(node),
                path=path,
                level=level,
                status=int(status[1]) if status else 0,
                condition=condition,
                uses_error=self._uses is not None and self._uses.search(text) is not None,
                keeps_error=self._keeps is not None and self._keeps.search(text) is not None,
                text=self._source.cut(node),
            )
        )

    def _bytes(self, node: Node) -> bytes:
        return self._source.text[node.start_byte : min(node.end_byte, node.start_byte + 2000)]


def _is_empty(node: Node) -> bool:
    return node.type in ("object", "array") and node.named_child_count == 0


def _is_constant(node: Node) -> bool:
    """A literal, also negative, or an object or list of nothing but such."""
    if node.type in _CONSTANTS or _is_empty(node):
        return node.type != "template_string" or node.named_child_count == 0
    if node.type == "unary_expression":
        return bool(node.named_children) and node.named_children[-1].type in _CONSTANTS
    if node.type == "identifier":
        return node.text == b"undefined"
    if node.type in ("object", "array"):
        return all(
            _is_constant(one.child_by_field_name("value") or one)
            if one.type == "pair"
            else one.type in _CONSTANTS or _is_empty(one)
            for one in node.named_children
        )
    return False
