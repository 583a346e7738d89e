"""Names and values of Python as facts."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from vedette.audit.facts import Value

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_MOST_ITEMS = 60
_MOST_PARTS = 24


def path_of(node: ast.expr | None) -> str:
    """The dotted name of an expression; see `facts`."""
    parts: list[str] = []
    suffix = ""
    while node is not None and len(parts) < _MOST_PARTS:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr + suffix)
            suffix, node = "", node.value
        elif isinstance(node, ast.Call):
            suffix, node = "()" + suffix, node.func
        elif isinstance(node, ast.Subscript):
            suffix, node = "[]" + suffix, node.value
        elif isinstance(node, ast.Await):
            node = node.value
        else:
            parts.append((node.id if isinstance(node, ast.Name) else "?") + suffix)
            break
    return ".".join(reversed(parts))


def value_of(node: ast.expr, functions: Mapping[int, int], depth: int = 6) -> Value:
    """An expression as a tree of literals; `functions` are places of lambdas by their identity."""
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        return Value(kind="name", text=path_of(node))
    if isinstance(node, ast.Call):
        return Value(kind="call", text=path_of(node.func), items=call_items(node, functions, depth))
    if isinstance(node, ast.Lambda):
        return Value(kind="function", function=functions.get(id(node), -1))
    if isinstance(node, ast.JoinedStr):
        return Value(kind="template", text=_cut(node, depth))
    if isinstance(node, ast.Await):
        return value_of(node.value, functions, depth)
    if depth > 0 and isinstance(node, ast.Dict):
        pairs = zip(node.keys[:_MOST_ITEMS], node.values, strict=False)
        return Value(
            kind="object",
            items=tuple((_key(key), value_of(one, functions, depth - 1)) for key, one in pairs),
        )
    if depth > 0 and isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = (("", value_of(one, functions, depth - 1)) for one in node.elts[:_MOST_ITEMS])
        return Value(kind="list", items=tuple(items))
    return Value(kind="other", text=_cut(node, depth))


def call_items(
    node: ast.Call, functions: Mapping[int, int], depth: int = 6
) -> tuple[tuple[str, Value], ...]:
    """What a call is given: positional ones with an empty key, then those with a name."""
    if depth <= 0:
        return ()
    given = [("", value_of(one, functions, depth - 1)) for one in node.args[:_MOST_ITEMS]]
    given += [
        (one.arg or "**", value_of(one.value, functions, depth - 1))
        for one in node.keywords[:_MOST_ITEMS]
    ]
    return tuple(given)


def arguments_of(node: ast.Call, functions: Mapping[int, int]) -> tuple[Value, ...]:
    """The arguments of a call: those with a name are the items of one object at the end."""
    given = [value_of(one, functions) for one in node.args[:8]]
    named = tuple(
        (one.arg or "**", value_of(one.value, functions)) for one in node.keywords[:_MOST_ITEMS]
    )
    return (*given, Value(kind="object", text="named", items=named)) if named else tuple(given)


def _constant(node: ast.Constant) -> Value:
    if isinstance(node.value, str):
        return Value(kind="text", text=node.value[:200].encode("utf-8", "replace").decode())
    if isinstance(node.value, bool):
        return Value(kind="boolean", text=str(node.value).lower())
    if node.value is None or node.value is ...:
        return Value(kind="null")
    if isinstance(node.value, bytes):
        return Value(kind="text", text=node.value[:200].decode("utf-8", "replace"))
    return Value(
        kind="number",
        text=f"{node.value!r:.40}" if not isinstance(node.value, int) else _whole(node.value),
    )


def _whole(number: int) -> str:
    """A number in digits; one that is longer than Python would print, as its size."""
    return str(number) if number.bit_length() < 200 else f"2**{number.bit_length()}"


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value[:200].encode("utf-8", "replace").decode()
    return path_of(node) if node is not None else "**"


def _cut(node: ast.expr, depth: int) -> str:
    """The source again, of an expression small enough to be written without recursing far."""
    waiting: list[tuple[ast.AST, int]] = [(node, 0)]
    count = 0
    while waiting:
        one, level = waiting.pop()
        count += 1
        if count > 60 or level > 20:
            return "?"
        waiting += [(inner, level + 1) for inner in ast.iter_child_nodes(one)]
    return ast.unparse(node)[:120].encode("utf-8", "replace").decode()


def is_constant(node: ast.expr | None) -> bool:
    """A literal, or a collection or negation of nothing but such."""
    waiting = [node]
    for _ in range(200):
        if not waiting:
            return True
        one = waiting.pop()
        if one is None or isinstance(one, ast.Constant):
            continue
        if isinstance(one, (ast.List, ast.Tuple, ast.Set)):
            waiting += one.elts
        elif isinstance(one, ast.Dict):
            waiting += [*one.keys, *one.values]
        elif isinstance(one, ast.UnaryOp):
            waiting.append(one.operand)
        elif isinstance(one, ast.Call):
            if (
                one.args
                or one.keywords
                or path_of(one.func) not in ("list", "dict", "set", "tuple", "str")
            ):
                return False
        else:
            return False
    return False
