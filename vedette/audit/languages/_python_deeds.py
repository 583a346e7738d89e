"""What a handler of Python does, statement by statement."""

from __future__ import annotations

import ast
import re

from vedette.audit.facts import Deed, DeedKind
from vedette.audit.languages._python_values import is_constant, path_of
from vedette.audit.vocabulary import deed_of_call, log_level

_STATUS = re.compile(
    r"(?:status(?:_code)?\s*=\s*|,\s*|abort\()(?:HTTPStatus\.\w+|status\.HTTP_)?(\d{3})\b"
)
_ERRORLIKE = re.compile(r"(?:^|[._])\w*(?:err|error|errors|failed|failure)\w*$", re.IGNORECASE)
_MOST_DEPTH = 6
_NOTHING = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Delete)


class Deeds:
    """Collects the deeds of one handler; `error` is the name of what it caught."""

    def __init__(self, error: str) -> None:
        self._error = error
        self.found: list[Deed] = []

    def of_block(
        self, block: list[ast.stmt], condition: str = "", depth: int = _MOST_DEPTH
    ) -> None:
        """The deeds of statements."""
        for one in block[:80]:
            self._statement(one, condition, depth)

    def _statement(self, node: ast.stmt, condition: str, depth: int) -> None:
        if depth <= 0:
            self._add("other", node, condition)
        elif isinstance(node, ast.Expr):
            self._expression(node.value, condition)
        elif isinstance(node, ast.Return):
            self._return(node, condition)
        elif isinstance(node, ast.Raise):
            self._add("throw", node, condition)
        elif isinstance(node, (ast.Continue, ast.Break)):
            self._add("leave", node, condition)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            self._assignment(node, condition)
        elif not isinstance(node, _NOTHING):
            self._nested(node, condition, depth - 1)

    def _nested(self, node: ast.stmt, condition: str, depth: int) -> None:
        """What holds statements: a choice, another try, a block, a loop."""
        if isinstance(node, ast.If):
            words = _words(node.test)
            self.of_block(node.body, f"{condition} and {words}" if condition else words, depth)
            self.of_block(node.orelse, f"not ({words})", depth)
        elif isinstance(node, ast.Try):
            self.of_block(node.body, condition, depth)
            for handler in node.handlers:
                self.of_block(handler.body, condition or "?", depth)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self.of_block(node.body, condition, depth)
        else:
            self._add("other", node, condition)
            if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
                self.of_block(node.body, condition or "?", depth)

    def _expression(self, node: ast.expr, condition: str) -> None:
        inner = node.value if isinstance(node, ast.Await) else node
        if isinstance(inner, ast.Call):
            self._call(inner, condition)
        elif not isinstance(inner, ast.Constant):
            self._add("other", inner, condition)

    def _return(self, node: ast.Return, condition: str) -> None:
        inner = node.value.value if isinstance(node.value, ast.Await) else node.value
        if is_constant(inner):
            self._add("return-constant", node, condition)
        elif isinstance(inner, ast.Call) and deed_of_call(path_of(inner.func)) != "call":
            self._call(inner, condition)
        else:
            first = inner.elts[-1] if isinstance(inner, ast.Tuple) and inner.elts else None
            status = first.value if isinstance(first, ast.Constant) else None
            is_answer = isinstance(status, int) and 400 <= status < 600
            self._add("answer" if is_answer else "return", node, condition)

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, condition: str) -> None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        path = path_of(target)
        kind: DeedKind = "assign-constant" if is_constant(node.value) else "assign"
        if _ERRORLIKE.search(path) and self._uses(node):
            kind = "surface"
        self._add(kind, node, condition, path=path)

    def _call(self, node: ast.Call, condition: str) -> None:
        path = path_of(node.func)
        kind = deed_of_call(path)
        self._add(kind, node, condition, path=path, level=log_level(path) if kind == "log" else "")

    def _uses(self, node: ast.AST) -> bool:
        if not self._error:
            return False
        return any(isinstance(one, ast.Name) and one.id == self._error for one in _some_of(node))

    def _keeps(self, node: ast.AST) -> bool:
        """The error itself is an argument, a cause, or goes with `exc_info`."""
        for one in _some_of(node):
            if isinstance(one, ast.Call):
                given = [*one.args, *(each.value for each in one.keywords)]
                is_text = path_of(one.func) in ("str", "repr")
                if not is_text and any(
                    isinstance(each, ast.Name) and each.id == self._error for each in given
                ):
                    return True
                if any(each.arg == "exc_info" for each in one.keywords):
                    return True
            if isinstance(one, ast.Raise):
                return True
        return False

    def _add(
        self,
        kind: DeedKind,
        node: ast.stmt | ast.expr,
        condition: str,
        *,
        path: str = "",
        level: str = "",
    ) -> None:
        text = (
            _words(node) if kind in ("answer", "log", "throw", "call", "surface", "return") else ""
        )
        status = _STATUS.search(text) if kind == "answer" else None
        self.found.append(
            Deed(
                kind=kind,
                line=node.lineno,
                path=path,
                level=level,
                status=int(status[1]) if status else 0,
                condition=condition,
                uses_error=self._uses(node),
                keeps_error=(level == "error" and path.endswith(".exception")) or self._keeps(node),
                text=text,
            )
        )


def _some_of(node: ast.AST) -> list[ast.AST]:
    """The nodes of a tree, the first few hundred of them."""
    found: list[ast.AST] = []
    waiting = [node]
    while waiting and len(found) < 400:
        one = waiting.pop()
        found.append(one)
        waiting += ast.iter_child_nodes(one)
    return found


def _words(node: ast.AST) -> str:
    if len(_some_of(node)) > 150:
        return "?"
    return ast.unparse(node)[:160].encode("utf-8", "replace").decode()
