"""Java."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node

    from vedette.audit.languages._generic import Spoken
    from vedette.audit.languages._tree import Source

_CALLS = ("method_invocation", "object_creation_expression")


@cache
def _grammar() -> Grammar:
    import tree_sitter_java
    from tree_sitter import Language as Grammar

    return Grammar(tree_sitter_java.language())


def _path_of(node: Node | None, source: Source) -> str:
    parts: list[str] = []
    while node is not None and len(parts) < 20:
        suffix = ""
        if node.type == "method_invocation":
            name, suffix = node.child_by_field_name("name"), "()"
            parts.append((source.of(name) if name is not None else "?") + suffix)
            node = node.child_by_field_name("object")
        elif node.type == "object_creation_expression":
            kind = node.child_by_field_name("type")
            parts.append((source.cut(kind).partition("<")[0] if kind is not None else "?") + "()")
            break
        elif node.type == "field_access":
            name = node.child_by_field_name("field")
            parts.append(source.of(name) if name is not None else "?")
            node = node.child_by_field_name("object")
        else:
            parts.append(source.of(node) if node.type in ("identifier", "this", "super") else "?")
            break
    return ".".join(reversed(parts))


def _import_of(node: Node, source: Source) -> list[tuple[str, str]]:
    name = source.cut(node).removeprefix("import ").removeprefix("static ").rstrip("; ")
    return [(name, name.rpartition(".")[2])]


def _caught(node: Node, source: Source) -> tuple[tuple[str, ...], str]:
    for one in node.named_children:
        if one.type == "catch_formal_parameter":
            name = one.child_by_field_name("name")
            types = [
                source.of(kind)
                for part in one.named_children
                if part.type == "catch_type"
                for kind in part.named_children
            ]
            return tuple(types), source.of(name) if name is not None else ""
    return (), ""


@cache
def _spoken() -> Spoken:
    from vedette.audit.languages._generic import Spoken
    from vedette.audit.languages._generic_deeds import Words

    return Spoken(
        name="java",
        grammar=_grammar,
        functions=("method_declaration", "constructor_declaration", "lambda_expression"),
        classes=("class_declaration", "enum_declaration", "record_declaration"),
        calls=_CALLS,
        tries=("try_statement", "try_with_resources_statement"),
        catches=("catch_clause",),
        finals=("finally_clause",),
        throws=("throw_statement",),
        imports=("import_declaration",),
        words=Words(
            blocks=frozenset(("block",)),
            wrappers=frozenset(("expression_statement", "parenthesized_expression")),
            calls=frozenset(_CALLS),
            returns=frozenset(("return_statement",)),
            throws=frozenset(("throw_statement",)),
            leaves=frozenset(("continue_statement", "break_statement")),
            ifs=frozenset(("if_statement",)),
            loops=frozenset(
                ("for_statement", "enhanced_for_statement", "while_statement", "do_statement")
            ),
            assigns=frozenset(("assignment_expression", "local_variable_declaration")),
            constants=frozenset(
                (
                    *("null_literal", "true", "false", "string_literal", "character_literal"),
                    *("decimal_integer_literal", "decimal_floating_point_literal"),
                )
            ),
        ),
        path_of=_path_of,
        import_of=_import_of,
        caught=_caught,
        environment=re.compile(rb'System\.getenv\("([^"\n]{1,100})"\)'),
    )


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._generic import read

    return read(_spoken(), text)


LANGUAGE = Language(name="java", suffixes=(".java",), read=_read)
