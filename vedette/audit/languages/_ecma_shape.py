"""Questions about the shape of JavaScript's syntax that more than one fact asks."""

from __future__ import annotations

from tree_sitter import Node

from vedette.audit.languages._ecma_values import path_of
from vedette.audit.languages._tree import Source, line_of

_LOOPS = {"for_statement", "for_in_statement", "while_statement", "do_statement"}
_ENDS = {"return_statement": "return", "break_statement": "break", "continue_statement": "continue"}
_CLOSURES = {"arrow_function", "function_expression", "function_declaration", "method_definition"}
_HARMLESS = {"empty_statement", "function_declaration", "comment", "type_alias_declaration"}


def is_field(node: Node, source: Source) -> bool:
    """Whether a function is the value of a class's field."""
    parent = source.parent(node)
    return parent is not None and parent.type in ("field_definition", "public_field_definition")


def exits_of(finalizer: Node | None) -> tuple[tuple[str, int], ...]:
    """The words of a `finally` that leave it, and so drop the error that is under way."""
    found: list[tuple[str, int]] = []
    waiting = [(finalizer, False)] if finalizer is not None else []
    while waiting and len(found) < 10:
        node, is_looped = waiting.pop()
        kind = node.type
        if kind in _ENDS and not (is_looped and kind != "return_statement"):
            found.append((_ENDS[kind], line_of(node)))
        elif kind not in _CLOSURES:
            inner = is_looped or kind in _LOOPS or kind == "switch_statement"
            waiting += [(one, inner) for one in node.named_children]
    return tuple(sorted(found, key=lambda one: one[1]))


def tried_by_chain(target: Node | None, source: Source) -> list[str]:
    """The names of the calls before `.catch`, the first one first."""
    found: list[str] = []
    node = target
    while node is not None and len(found) < 20:
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            found.append(path_of(function, source))
            is_member = function is not None and function.type == "member_expression"
            node = function.child_by_field_name("object") if function and is_member else None
        elif node.type == "parenthesized_expression" and node.named_child_count:
            node = node.named_children[0]
        elif node.type == "new_expression":
            found.append(path_of(node.child_by_field_name("constructor"), source))
            break
        else:
            found += [] if found else [path_of(node, source)]
            break
    return found[::-1]


def is_harmless(statement: Node) -> bool:
    """A statement that cannot fail for anything that it does: constants, guards, declarations."""
    if statement.type in _HARMLESS:
        return True
    if statement.end_byte - statement.start_byte > 400:
        return False
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        if node.type in ("await_expression", "throw_statement", "new_expression"):
            return False
        if node.type == "call_expression" and not _is_setter(node):
            return False
        if node.type not in _CLOSURES:
            waiting += node.named_children
    return True


def _is_setter(call: Node) -> bool:
    """`setLoading(true)`, `Date.now()`, `event.preventDefault()`: what does not fail."""
    text = (call.text or b"")[:60]
    return text.startswith((b"set", b"Date.now(", b"console.", b"performance.now(")) or (
        b"preventDefault(" in text or b"stopPropagation(" in text
    )


def error_of(source: Source) -> str:
    """Where the first thing stands that the grammar does not know; empty if it knows all."""
    if not source.root.has_error:
        return ""
    return f"line {source.broken_line()} is no syntax that is known here"
