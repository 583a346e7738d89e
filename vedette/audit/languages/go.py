"""Go, whose errors are values: a handler is an `if err != nil`, a swallow is a blank name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node

    from vedette.audit.languages._generic import Reader, Spoken
    from vedette.audit.languages._tree import Source

_ERROR = re.compile(r"(\w*[eE]rr\w*) != nil")
_LEFT_OUT = re.compile(rb"^//(?:go:build| ?\+build) ignore\s*$", re.MULTILINE)
_BARE_RETURN = re.compile(r"\breturn\s*\}$")
_OF_ERRORS = re.compile(rb"ignor|error|fail|best.?effort|optional", re.IGNORECASE)
_LEAVES = re.compile(r"\b(?:continue|break)\s*\}$")
_RETURNS_ERROR = re.compile(r"\breturn\b[^\n]*(?:\berrors\.|Errorf\(|\berr\b)[^\n]*\s*\}$")
_FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")
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
            seen = _is_seen(node, block, found[1], reader.source)
            reader.handler("value", node, block, error=found[1], calls=calls, is_seen=seen)
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or right.named_child_count != 1:
        return
    call = right.named_children[0]
    names = [reader.source.of(one) for one in left.named_children]
    if names[-1:] == ["_"] and call.type == "call_expression" and call.type not in _COMMA_OK:
        path = _path_of(call, reader.source).removesuffix("()")
        within = _handler_around(reader, node)
        reader.handler(
            "silence",
            node,
            None,
            calls=(path,),
            error=", ".join(names),
            handler=within,
            comments=_comments_of(node, reader.source),
            is_seen=_is_told_after(node, reader.source),
        )


def _is_told_after(node: Node, source: Source) -> bool:
    """Whether it stands in the branch of an `if` that returns an error of its own."""
    block: Node | None = node
    while block is not None and block.type != "block":
        block = source.parent(block)
    around = source.parent(block) if block is not None else None
    if block is None or around is None or around.type != "if_statement":
        return False
    return _RETURNS_ERROR.search(source.of(block)) is not None


def _comments_of(node: Node, source: Source) -> str:
    """What is said behind it, or of errors alone on the line above."""
    start = source.text.rfind(b"\n", 0, node.start_byte) + 1
    above = source.text[
        source.text.rfind(b"\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)
    ].strip()
    end = source.text.find(b"\n", node.end_byte)
    behind = source.text[node.end_byte : end if end >= 0 else None].strip()
    above = above if _OF_ERRORS.search(above) else b""
    found = [one for one in (above, behind) if one.startswith(b"//")]
    return b" ".join(found).decode("utf-8", "replace")[:400]


def _handler_around(reader: Reader, node: Node) -> int:
    """The place of the handler in whose branch `node` stands, -1 if in none of its function."""
    inner, outer = node, reader.source.parent(node)
    while outer is not None and inner.type not in _FUNCTIONS:
        if outer.type == "if_statement" and outer.child_by_field_name("consequence") == inner:
            line = int(outer.start_point[0]) + 1
            for place in range(len(reader.handlers) - 1, -1, -1):
                one = reader.handlers[place]
                if one.how == "value" and one.line == line:
                    return place
        inner, outer = outer, reader.source.parent(outer)
    return -1


def _calls_before(node: Node, error: str, source: Source) -> tuple[str, ...]:
    """The call whose error is asked for: in the `if` itself, or in a statement before it."""
    before = _before(node, error, source)
    waiting = [before] if before is not None else []
    found: list[str] = []
    while waiting and len(found) < 5:
        one = waiting.pop()
        if one.type == "call_expression":
            found.append(_path_of(one, source).removesuffix("()"))
        elif one.type not in ("func_literal", "block"):
            waiting += one.named_children
    return tuple(found)


def _before(node: Node, error: str, source: Source) -> Node | None:
    """Where the error was assigned: in the `if` itself, or in one of the statements before it."""
    given = node.child_by_field_name("initializer")
    if given is not None:
        return given
    named = re.compile(rf"\b{error}\b")
    given = node.prev_named_sibling
    for _ in range(5):
        if given is None:
            return None
        left = given.child_by_field_name("left")
        if left is not None and named.search(source.of(left)):
            return given
        if given.type == "var_declaration" and named.search(source.cut(given)):
            return given
        given = given.prev_named_sibling
    return None


def _is_seen(node: Node, block: Node, error: str, source: Source) -> bool:
    """Whether a bare `return` gives it, it is kept for what comes after, or its output is told."""
    function: Node | None = node
    while function is not None and function.type not in _FUNCTIONS:
        function = source.parent(function)
    if function is None:
        return False
    result, given = function.child_by_field_name("result"), _before(node, error, source)
    named = re.compile(rf"\b{error}\b")
    if result is not None and named.search(source.of(result)) and _gives_bare(block, source):
        return True
    if given is None or given.type not in ("assignment_statement", "short_var_declaration"):
        return False
    if given.type == "assignment_statement" and _is_kept(function, node, block, error, source):
        return True
    left = given.child_by_field_name("left")
    return left is not None and any(
        re.search(rf"string\({source.of(one)}\)", source.of(block))
        for one in left.named_children
        if one.type == "identifier"
    )


def _gives_bare(block: Node, source: Source) -> bool:
    return _BARE_RETURN.search(source.of(block)) is not None


def _is_kept(function: Node, node: Node, block: Node, error: str, source: Source) -> bool:
    """Whether a variable outlives the function or the loop that is left, or a `defer` has it."""
    if function.type == "func_literal" and not _is_own(function, node, error, source):
        return True
    before = source.text[function.start_byte : node.start_byte].decode("utf-8", "replace")
    if re.search(rf"\bdefer func\(\) \{{[^}}]*\b{error}\b", before):
        return True
    loop: Node | None = node
    while loop is not None and loop != function and loop.type != "for_statement":
        loop = source.parent(loop)
    if loop is None or loop == function or not _LEAVES.search(source.of(block)):
        return False
    return not _is_own(loop, node, error, source)


def _is_own(function: Node, node: Node, error: str, source: Source) -> bool:
    """Whether a function or loop declares the variable, before `node` or as a parameter."""
    text = source.text[function.start_byte : node.start_byte].decode("utf-8", "replace")
    head, _, body = text.partition("{")
    return bool(
        re.search(rf"\b{error}\b", head)
        or re.search(rf"\bvar\b[\w\s,]*\b{error}\b|\b{error}\b[\w\s,]*:=", body)
    )


@cache
def _spoken() -> Spoken:
    from vedette.audit.languages._generic import Spoken
    from vedette.audit.languages._generic_deeds import Words

    return Spoken(
        name="go",
        grammar=_grammar,
        functions=(*_FUNCTIONS, "method_elem"),
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
