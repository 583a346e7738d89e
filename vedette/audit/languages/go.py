"""Go, whose errors are values: a handler is an `if err != nil`, a swallow is a blank name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language
from vedette.audit.languages._go_errors import (
    FUNCTIONS,
    comments_of,
    given_before,
    handler_around,
    is_asked_after,
    is_seen,
    is_told_after,
)

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node

    from vedette.audit.languages._generic import Reader, Spoken
    from vedette.audit.languages._tree import Source

_ERROR = re.compile(r"(\w*[eE]rr\w*) != nil")
_LEFT_OUT = re.compile(rb"^//(?:go:build| ?\+build) ignore\s*$", re.MULTILINE)
# Calls whose second value is no error but whether there is something.
_COMMA_OK = ("type_assertion_expression", "index_expression", "unary_expression")


@cache
def _grammar() -> Grammar:
    import tree_sitter_go
    from tree_sitter import Language as Grammar

    return Grammar(tree_sitter_go.language())


def _path_of(node: Node | None, source: Source) -> str:
    parts: list[str] = []
    suffix = ""
    while node is not None and len(parts) < 20:
        if node.type == "call_expression":
            suffix, node = "()", node.child_by_field_name("function")
        elif node.type == "selector_expression":
            name = node.child_by_field_name("field")
            parts.append((source.of(name) if name is not None else "?") + suffix)
            suffix, node = "", node.child_by_field_name("operand")
        else:
            parts.append((source.of(node) if node.type == "identifier" else "?") + suffix)
            break
    return ".".join(reversed(parts))


def _import_of(node: Node, source: Source) -> list[tuple[str, str]]:
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    module = source.of(path).strip('"`') if path is not None else ""
    return [(module, source.of(name) if name is not None else module.rpartition("/")[2])]


def _caught(node: Node, source: Source) -> tuple[tuple[str, ...], str]:
    return (), ""


def _value(reader: Reader, node: Node) -> None:
    """`if err != nil { … }`, `_ = f()`, `x, _ := f()`."""
    if node.type == "if_statement":
        test, block = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        found = _ERROR.fullmatch(reader.source.cut(test)) if test is not None else None
        if found and block is not None:
            calls = _calls_before(node, found[1], reader.source)
            seen = is_seen(node, block, found[1], reader.source)
            reader.handler("value", node, block, error=found[1], calls=calls, is_seen=seen)
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or right.named_child_count != 1:
        return
    call = right.named_children[0]
    names = [reader.source.of(one) for one in left.named_children]
    if names[-1:] == ["_"] and call.type == "call_expression" and call.type not in _COMMA_OK:
        path = _path_of(call, reader.source).removesuffix("()")
        within = handler_around(reader, node)
        reader.handler(
            "silence",
            node,
            None,
            calls=(path,),
            error=", ".join(names),
            handler=within,
            comments=comments_of(node, reader.source),
            is_seen=is_told_after(node, reader.source)
            or is_asked_after(node, names[0], reader.source),
        )


def _calls_before(node: Node, error: str, source: Source) -> tuple[str, ...]:
    """The call whose error is asked for: in the `if` itself, or in a statement before it."""
    before = given_before(node, error, source)
    waiting = [before] if before is not None else []
    found: list[str] = []
    while waiting and len(found) < 5:
        one = waiting.pop()
        if one.type == "call_expression":
            found.append(_path_of(one, source).removesuffix("()"))
        elif one.type not in ("func_literal", "block"):
            waiting += one.named_children
    return tuple(found)


@cache
def _spoken() -> Spoken:
    from vedette.audit.languages._generic import Spoken
    from vedette.audit.languages._generic_deeds import Words

    return Spoken(
        name="go",
        grammar=_grammar,
        functions=(*FUNCTIONS, "method_elem"),
        classes=("type_spec",),
        calls=("call_expression",),
        tries=(),
        catches=(),
        finals=(),
        throws=(),
        imports=("import_spec",),
        others=("if_statement", "assignment_statement", "short_var_declaration"),
        words=Words(
            blocks=frozenset(("block", "statement_list")),
            wrappers=frozenset(("expression_statement", "parenthesized_expression")),
            calls=frozenset(("call_expression",)),
            returns=frozenset(("return_statement",)),
            throws=frozenset(),
            leaves=frozenset(("continue_statement", "break_statement", "goto_statement")),
            ifs=frozenset(("if_statement",)),
            loops=frozenset(("for_statement",)),
            assigns=frozenset(("assignment_statement", "short_var_declaration")),
            constants=frozenset(
                (
                    *("nil", "true", "false", "int_literal", "float_literal"),
                    *("interpreted_string_literal", "raw_string_literal"),
                )
            ),
            throwing=frozenset(("panic", "t.Fatal", "log.Fatal", "log.Fatalf")),
        ),
        path_of=_path_of,
        import_of=_import_of,
        caught=_caught,
        other=_value,
        environment=re.compile(rb'os\.(?:Getenv|LookupEnv)\("([^"\n]{1,100})"\)'),
    )


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._generic import read

    facts = read(_spoken(), text)
    is_left_out = _LEFT_OUT.search(text, 0, 4_000) is not None
    return replace(facts, directives=("ignore",)) if is_left_out else facts


LANGUAGE = Language(name="go", suffixes=(".go",), read=_read)
