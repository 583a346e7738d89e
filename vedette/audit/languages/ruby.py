"""Ruby."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node

    from vedette.audit.languages._generic import Reader, Spoken
    from vedette.audit.languages._tree import Source


@cache
def _grammar() -> Grammar:
    import tree_sitter_ruby
    from tree_sitter import Language as Grammar

    return Grammar(tree_sitter_ruby.language())


def _path_of(node: Node | None, source: Source) -> str:
    parts: list[str] = []
    while node is not None and len(parts) < 20:
        if node.type == "call":
            name = node.child_by_field_name("method")
            parts.append((source.cut(name) if name is not None else "?") + "()")
            node = node.child_by_field_name("receiver")
        else:
            known = node.type in ("identifier", "constant", "instance_variable", "self")
            known = known or node.type == "scope_resolution"
            parts.append(source.cut(node).lstrip("@") if known else "?")
            break
    return ".".join(reversed(parts))


def _import_of(node: Node, source: Source) -> list[tuple[str, str]]:
    return []  # `require` is a call; names come from everywhere


def _caught(node: Node, source: Source) -> tuple[tuple[str, ...], str]:
    types, variable = (
        node.child_by_field_name("exceptions"),
        node.child_by_field_name("variable"),
    )
    name = variable.named_children[0] if variable is not None else None
    listed = types.named_children if types is not None else []
    return (
        tuple(source.cut(one) for one in listed),
        source.of(name) if name is not None else "",
    )


def _modifier(reader: Reader, node: Node) -> None:
    """`x rescue nil`."""
    body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
    calls: list[str] = []
    waiting = [body] if body is not None else []
    while waiting and len(calls) < 10:
        one = waiting.pop()
        if one.type == "call":
            calls.append(_path_of(one, reader.source).removesuffix("()"))
        waiting += one.named_children
    end = reader.source.text.find(b"\n", node.end_byte)
    behind = reader.source.text[node.end_byte : end if end >= 0 else None].strip()
    said = behind.decode("utf-8", "replace")[:400] if behind.startswith(b"#") else ""
    reader.handler("modifier", node, handler, calls=tuple(calls), comments=said)


@cache
def _spoken() -> Spoken:
    from vedette.audit.languages._generic import Spoken
    from vedette.audit.languages._generic_deeds import Words

    return Spoken(
        name="ruby",
        grammar=_grammar,
        functions=("method", "singleton_method", "lambda"),
        classes=("class", "module"),
        calls=("call",),
        tries=("begin",),
        catches=("rescue",),
        finals=("ensure",),
        throws=(),
        imports=(),
        others=("rescue_modifier",),
        words=Words(
            blocks=frozenset(("then", "else", "body_statement", "begin_block")),
            wrappers=frozenset(("parenthesized_statements",)),
            calls=frozenset(("call", "identifier")),
            returns=frozenset(("return",)),
            throws=frozenset(("raise",)),
            leaves=frozenset(("next", "break", "redo")),
            ifs=frozenset(("if", "unless", "if_modifier", "unless_modifier")),
            loops=frozenset(("while", "until", "for", "while_modifier")),
            assigns=frozenset(("assignment", "operator_assignment")),
            constants=frozenset(
                ("nil", "true", "false", "integer", "float", "string", "simple_symbol", "array")
            ),
            throwing=frozenset(("raise", "fail", "retry", "throw")),
        ),
        path_of=_path_of,
        import_of=_import_of,
        caught=_caught,
        other=_modifier,
        environment=re.compile(rb"""ENV(?:\.fetch\(|\[)["']([^"'\n]{1,100})["']"""),
    )


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._generic import read

    return read(_spoken(), text)


LANGUAGE = Language(name="ruby", suffixes=(".rb", ".rake"), read=_read)
