"""Names and values of JavaScript and TypeScript as facts."""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from vedette.audit.facts import Value
from vedette.audit.languages._tree import Source

_WRAPPERS = {
    "parenthesized_expression",
    "non_null_expression",
    "as_expression",
    "satisfies_expression",
    "await_expression",
    "type_assertion",
}
FUNCTIONS = {
    "arrow_function",
    "function_expression",
    "function_declaration",
    "generator_function",
    "generator_function_declaration",
    "method_definition",
}
_MOST_DEPTH = 7
_MOST_ITEMS = 60
_MOST_PARTS = 24


def unwrapped(node: Node) -> Node:
    """Without parentheses, casts and `await` around it."""
    while node.type in _WRAPPERS and node.named_child_count:
        inner = node.named_children[1 if node.type == "type_assertion" else 0]
        if "comment" in inner.type:
            return node
        node = inner
    return node


def path_of(node: Node | None, source: Source) -> str:
    """The dotted name of an expression, `this.pool.query`; see `facts`."""
    parts: list[str] = []
    suffix = ""
    while node is not None and len(parts) < _MOST_PARTS:
        kind = node.type
        if kind == "member_expression":
            name = node.child_by_field_name("property")
            parts.append((source.of(name) if name else "?") + suffix)
            suffix = ""
            node = node.child_by_field_name("object")
        elif kind in ("call_expression", "new_expression"):
            suffix = "()" + suffix
            node = node.child_by_field_name("function" if kind[0] == "c" else "constructor")
        elif kind == "subscript_expression":
            suffix = "[]" + suffix
            node = node.child_by_field_name("object")
        elif kind in _WRAPPERS:
            inner = unwrapped(node)
            node = inner if inner is not node else None
        else:
            known = kind.endswith("identifier") or kind in ("this", "super", "import")
            parts.append((source.of(node) if known else "?") + suffix)
            break
    return ".".join(reversed(parts))


def value_of(
    node: Node, source: Source, functions: Mapping[int, int], depth: int = _MOST_DEPTH
) -> Value:
    """An expression as a tree of literals; `functions` are the places of functions by their id."""
    node = unwrapped(node)
    kind = node.type
    if kind in ("string", "template_string"):
        return _text(node, source)
    if kind == "number":
        return Value(kind="number", text=source.of(node))
    if kind in ("true", "false"):
        return Value(kind="boolean", text=kind)
    if kind in ("null", "undefined"):
        return Value(kind="null")
    if kind in FUNCTIONS:
        return Value(kind="function", function=functions.get(node.id, -1))
    if kind in ("call_expression", "new_expression"):
        field = "function" if kind[0] == "c" else "constructor"
        arguments = node.child_by_field_name("arguments")
        return Value(
            kind="call",
            text=path_of(node.child_by_field_name(field), source),
            items=_items(arguments, source, functions, depth) if arguments else (),
        )
    if kind in ("object", "array"):
        return Value(
            kind="object" if kind == "object" else "list",
            items=_items(node, source, functions, depth),
        )
    if kind in ("identifier", "member_expression", "this", "subscript_expression"):
        return Value(kind="name", text=path_of(node, source))
    if kind == "unary_expression" and source.of(node).startswith("void"):
        return Value(kind="null")
    return Value(kind="other", text=source.cut(node))


def _text(node: Node, source: Source) -> Value:
    is_made = node.type == "template_string" and any(
        one.type == "template_substitution" for one in node.named_children
    )
    return Value(kind="template" if is_made else "text", text=source.cut(node, 202)[1:-1][:200])


def _items(
    node: Node, source: Source, functions: Mapping[int, int], depth: int
) -> tuple[tuple[str, Value], ...]:
    if depth <= 0:
        return ()
    found: list[tuple[str, Value]] = []
    for one in node.named_children[:_MOST_ITEMS]:
        kind = one.type
        if kind == "pair":
            value = one.child_by_field_name("value")
            if value is not None:
                key = key_of(one.child_by_field_name("key"), source)
                found.append((key, value_of(value, source, functions, depth - 1)))
        elif kind == "method_definition":
            name = key_of(one.child_by_field_name("name"), source)
            found.append((name, Value(kind="function", function=functions.get(one.id, -1))))
        elif kind == "shorthand_property_identifier":
            found.append((source.of(one), Value(kind="name", text=source.of(one))))
        elif kind == "spread_element":
            inner = one.named_children[0] if one.named_child_count else one
            found.append(("", Value(kind="spread", text=path_of(inner, source))))
        elif "comment" not in kind:
            found.append(("", value_of(one, source, functions, depth - 1)))
    return tuple(found)


def key_of(node: Node | None, source: Source) -> str:
    """A property's name without its quotes."""
    return source.of(node).strip("\"'`[]") if node is not None else ""
