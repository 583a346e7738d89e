"""What becomes of an error of Go's besides the branch that asks for it: who else sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from vedette.audit.languages._generic import Reader
    from vedette.audit.languages._tree import Source

# How far is looked: in levels of the tree, in bytes before a place.
_MOST_LEVELS = 60
_SOON = 250
_MOST_BEFORE = 8_000
_BARE_RETURN = re.compile(r"\breturn\s*\}$")
_LEAVES = re.compile(r"\b(?:continue|break)\s*\}$")
_OF_ERRORS = re.compile(rb"ignor|error|fail|best.?effort|optional", re.IGNORECASE)
_RETURNS_ERROR = re.compile(r"\breturn\b[^\n]*(?:\berrors\.|Errorf\(|\berr\b)[^\n]*\s*\}$")
FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")


def handler_around(reader: Reader, node: Node) -> int:
    """The place of the handler in whose branch `node` stands, -1 if in none of its function."""
    inner, outer = node, reader.source.parent(node)
    for _ in range(_MOST_LEVELS):
        if outer is None or inner.type in FUNCTIONS:
            return -1
        if outer.type == "if_statement" and outer.child_by_field_name("consequence") == inner:
            place = _handler_on(reader, int(outer.start_point[0]) + 1)
            if place >= 0:
                return place
        inner, outer = outer, reader.source.parent(outer)
    return -1


def _handler_on(reader: Reader, line: int) -> int:
    """The place of the handler of an `if` on this line; they are there in the order of the text."""
    place = len(reader.handlers) - 1
    while place >= 0 and reader.handlers[place].line > line:
        place -= 1
    one = reader.handlers[place] if place >= 0 else None
    return place if one is not None and one.line == line and one.how == "value" else -1


def is_told_after(node: Node, source: Source) -> bool:
    """Whether it stands in the branch of an `if` that returns an error of its own."""
    block = _around(node, ("block",), source)
    around = source.parent(block) if block is not None else None
    if block is None or around is None or around.type != "if_statement":
        return False
    return _RETURNS_ERROR.search(_end_of(block, source)) is not None


def is_asked_after(node: Node, name: str, source: Source) -> bool:
    """Whether what came with the error is soon compared with nothing."""
    if name == "_":
        return False
    after = source.text[node.end_byte : node.end_byte + _SOON].decode("utf-8", "replace")
    asked = (
        rf"(?<![\w.]){re.escape(name)}\s*[!=]=\s*(?:nil|0|\"\")|\blen\({re.escape(name)}\)\s*[!=<>]"
    )
    return re.search(asked, after) is not None


def comments_of(node: Node, source: Source) -> str:
    """What is said behind it, or of errors alone on the lines above."""
    start = source.text.rfind(b"\n", 0, node.start_byte) + 1
    said: list[bytes] = []
    for line in reversed(source.text[max(0, start - 600) : max(start - 1, 0)].split(b"\n")):
        if not line.strip().startswith(b"//"):
            break
        said.insert(0, line.strip())
    above = b" ".join(said)
    end = source.text.find(b"\n", node.end_byte)
    behind = source.text[node.end_byte : end if end >= 0 else None].strip()
    above = above if _OF_ERRORS.search(above) else b""
    found = [one for one in (above, behind) if one.startswith(b"//")]
    return b" ".join(found).decode("utf-8", "replace")[:400]


def is_seen(node: Node, block: Node, error: str, source: Source) -> bool:
    """Whether a bare `return` gives it, it is kept for what comes after, or its output is told."""
    function = _around(node, FUNCTIONS, source)
    if function is None:
        return False
    result, given = function.child_by_field_name("result"), given_before(node, error, source)
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


def given_before(node: Node, error: str, source: Source) -> Node | None:
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


def _gives_bare(block: Node, source: Source) -> bool:
    return _BARE_RETURN.search(_end_of(block, source)) is not None


def _is_kept(function: Node, node: Node, block: Node, error: str, source: Source) -> bool:
    """Whether a variable outlives the function or the loop that is left, or a `defer` has it."""
    if function.type == "func_literal" and not _is_own(function, node, error, source):
        return True
    before = _text_before(function, node, source)
    if re.search(rf"\bdefer func\(\) \{{[^}}]{{0,400}}\b{error}\b", before):
        return True
    loop = _around(node, ("for_statement", *FUNCTIONS), source)
    if loop is None or loop.type != "for_statement" or not _LEAVES.search(_end_of(block, source)):
        return False
    return not _is_own(loop, node, error, source)


def _is_own(function: Node, node: Node, error: str, source: Source) -> bool:
    """Whether a function or loop declares the variable, before `node` or as a parameter."""
    text = _text_before(function, node, source)
    head, _, body = text.partition("{")
    return bool(
        re.search(rf"\b{error}\b", head)
        or re.search(rf"\bvar\b[\w\s,]{{0,200}}\b{error}\b|\b{error}\b[\w\s,]{{0,200}}:=", body)
    )


def _around(node: Node, types: tuple[str, ...], source: Source) -> Node | None:
    """The next of these types that `node` stands in."""
    around: Node | None = node
    for _ in range(_MOST_LEVELS):
        around = source.parent(around) if around is not None else None
        if around is None or around.type in types:
            return around
    return None


def _text_before(function: Node, node: Node, source: Source) -> str:
    """What stands between the two, as far as it is looked at."""
    start = max(function.start_byte, node.start_byte - _MOST_BEFORE)
    return source.text[start : node.start_byte].decode("utf-8", "replace")


def _end_of(block: Node, source: Source) -> str:
    start = max(block.start_byte, block.end_byte - 300)
    return source.text[start : block.end_byte].decode("utf-8", "replace")
