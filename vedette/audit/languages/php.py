"""PHP."""

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

_CALLS = (
    "function_call_expression",
    "member_call_expression",
    "nullsafe_member_call_expression",
    "scoped_call_expression",
    "object_creation_expression",
)
_FUNCTIONS = (
    "function_definition",
    "method_declaration",
    "anonymous_function",
    "arrow_function",
)
_AROUND = ("parenthesized_expression", "cast_expression", "assignment_expression")
_DECIDES = (
    *("if_statement", "else_if_clause", "while_statement", "conditional_expression"),
    *("unary_op_expression", "binary_expression", "for_statement", "do_statement"),
)
# Where a result goes nowhere else.
_ENDS = ("expression_statement", "program", "compound_statement", "case_statement")
_LAST_ERROR = re.compile(
    r"\b(?:error_get_last|(?:json|pg|preg|socket|imap|date_get)_last_errors?|libxml_get_errors"
    r"|(?:ldap|curl|mysqli?|openssl|socket|oci|sqlsrv|odbc|mysqli_connect)_err\w*)\("
    r"|->(?:connect_)?err(?:no|or)\b(?!\()"
)
_FILLS = re.compile(
    r"exec|system|passthru|proc_open|p?fsockopen|stream_socket_client|getimagesize|similar_text"
    r"|openssl_\w+|preg_match(?:_all)?|getmxrr|ldap_\w+"
)
_OF_ERRORS = re.compile(rb"ignor|error|fail|suppress|silen|warn|notice|deprecat", re.IGNORECASE)
_NEXT_FUNCTION = re.compile(r"\bfunction\b")
_MOST_AFTER = 2_000  # bytes


@cache
def _grammar() -> Grammar:
    import tree_sitter_php
    from tree_sitter import Language as Grammar

    return Grammar(tree_sitter_php.language_php())


def _path_of(node: Node | None, source: Source) -> str:
    parts: list[str] = []
    while node is not None and len(parts) < 20:
        kind = node.type
        if kind == "object_creation_expression":
            made = next((one for one in node.named_children if "name" in one.type), None)
            parts.append((source.cut(made).lstrip("\\") if made is not None else "?") + "()")
            break
        suffix = "()" if kind in _CALLS else ""
        name = node.child_by_field_name("name") or node.child_by_field_name("function")
        if suffix or kind.endswith("access_expression"):
            parts.append((source.cut(name).lstrip("\\$") if name is not None else "?") + suffix)
            node = node.child_by_field_name("object") or node.child_by_field_name("scope")
        else:
            known = kind in ("name", "variable_name", "qualified_name", "relative_scope")
            parts.append(source.cut(node).lstrip("\\$") if known else "?")
            break
    return ".".join(reversed(parts))


def _import_of(node: Node, source: Source) -> list[tuple[str, str]]:
    names = source.cut(node).removeprefix("use ").removeprefix("function ").rstrip("; ")
    pairs = [one.strip().partition(" as ") for one in names.split(",")]
    return [(name, alias or name.rpartition("\\")[2]) for name, _, alias in pairs]


def _caught(node: Node, source: Source) -> tuple[tuple[str, ...], str]:
    types, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    listed = types.named_children if types is not None else []
    return (
        tuple(source.cut(one).lstrip("\\") for one in listed),
        source.of(name) if name is not None else "",
    )


def _silence(reader: Reader, node: Node) -> None:
    """`@f()`."""
    inner = node.named_children[-1] if node.named_child_count else None
    if inner is not None and inner.type in _CALLS:
        name = inner.child_by_field_name("name")
        if name is not None and name.type != "name":
            return  # which method it is nobody knows here
        path = _path_of(inner, reader.source).removesuffix("()")
        seen = _is_tested(node, reader.source) or _is_asked_after(node, inner, reader.source)
        said = _comment_at(node, reader.source)
        reader.handler("silence", node, None, calls=(path,), is_seen=seen, comments=said)


def _comment_at(node: Node, source: Source) -> str:
    """What is said behind it, or of errors alone on the line above."""
    start = source.text.rfind(b"\n", 0, node.start_byte)
    above = source.text[source.text.rfind(b"\n", 0, max(start, 0)) + 1 : max(start, 0)].strip()
    end = source.text.find(b"\n", node.end_byte)
    behind = source.text[node.end_byte : end if end >= 0 else None]
    above = above if _OF_ERRORS.search(above) else b""
    said = [one for one in (above, behind[behind.find(b"//") :]) if one.startswith(b"//")]
    return b" ".join(said).decode("utf-8", "replace")[:400]


def _is_asked_after(node: Node, call: Node, source: Source) -> bool:
    """Whether what follows asks for the error, or for a variable that the call fills in."""
    after = _after(node, source)
    if _LAST_ERROR.search(after):
        return True
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children[1:] if arguments is not None else []
    filled = [source.of(one) for one in given if source.of(one).startswith("$")]
    name = call.child_by_field_name("function")
    return (
        name is not None
        and _FILLS.fullmatch(source.cut(name)) is not None
        and any(_is_tested_after(node, one, source) for one in filled)
    )


def _is_tested(node: Node, source: Source) -> bool:
    """Whether the result goes on, is compared or decides, there or soon after it was assigned."""
    variable, inner, outer = "", node, source.parent(node)
    while outer is not None and outer.type in _AROUND:
        if outer.type == "assignment_expression":
            left = outer.child_by_field_name("left")
            variable = source.of(left) if left is not None else ""
        inner, outer = outer, source.parent(outer)
    if outer is None:
        return False
    if outer.type in _DECIDES:
        is_asked = outer.child_by_field_name("body") != inner
        return is_asked or outer.type == "conditional_expression"  # its value goes on
    if outer.type not in _ENDS:
        return True
    return bool(variable) and _is_tested_after(outer, variable, source)


def _is_tested_after(statement: Node, variable: str, source: Source) -> bool:
    """Whether what follows in the same function soon asks for it."""
    name = re.escape(variable) + r"(?!\w)"
    asks = (
        rf"\b(?:if|while|elseif|switch)\b[^;{{}}]{{0,300}}{name}|\breturn\b[^;{{}}]{{0,100}}{name}"
    )
    return re.search(asks, _after(statement, source)) is not None


def _after(node: Node, source: Source) -> str:
    """What follows in the same function, as far as it is looked at."""
    end = node.end_byte
    after = source.text[end : end + _MOST_AFTER].decode("utf-8", "replace")
    return _NEXT_FUNCTION.split(after, maxsplit=1)[0]


@cache
def _spoken() -> Spoken:
    from vedette.audit.languages._generic import Spoken
    from vedette.audit.languages._generic_deeds import Words

    return Spoken(
        name="php",
        grammar=_grammar,
        functions=_FUNCTIONS,
        classes=("class_declaration", "trait_declaration"),
        calls=_CALLS,
        tries=("try_statement",),
        catches=("catch_clause",),
        finals=("finally_clause",),
        throws=("throw_expression",),
        imports=("namespace_use_declaration",),
        others=("error_suppression_expression",),
        words=Words(
            blocks=frozenset(("compound_statement", "else_clause")),
            wrappers=frozenset(("expression_statement", "parenthesized_expression")),
            calls=frozenset(_CALLS),
            returns=frozenset(("return_statement",)),
            throws=frozenset(("throw_expression",)),
            leaves=frozenset(("continue_statement", "break_statement")),
            ifs=frozenset(("if_statement",)),
            loops=frozenset(
                ("for_statement", "foreach_statement", "while_statement", "do_statement")
            ),
            assigns=frozenset(("assignment_expression",)),
            constants=frozenset(
                ("null", "boolean", "integer", "float", "string", "encapsed_string", "name")
            ),
            throwing=frozenset(("abort", "abort_if", "throw_if")),
        ),
        path_of=_path_of,
        import_of=_import_of,
        caught=_caught,
        other=_silence,
        environment=re.compile(rb"""(?:getenv|env)\(["']([^"'\n]{1,100})["']"""),
    )


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._generic import read

    return read(_spoken(), text)


LANGUAGE = Language(name="php", suffixes=(".php",), read=_read)
