"""Code for a Python that is newer than the one that reads it."""

from __future__ import annotations

import ast

import pytest

from vedette.audit.languages._python_newer import older
from vedette.audit.reading import facts_of

NEWER = """
type Pair[T] = tuple[T, T]
type Plain = int
class Box[T: dict[str, int]]:
    def first[
        A,
        *B,
    ](self, one: A) -> A:
        try:
            return one.load()
        except KeyError, db.Missing:
            pass
async def go[T](x: T) -> T:
    return x
"""


def test_newer_grammar_is_read() -> None:
    """Parameters of types, aliases and types without parentheses; everything on its own line."""
    facts = facts_of("python", NEWER.encode())
    assert facts.error == ""
    assert [(one.name, one.line) for one in facts.functions] == [("Box.first", 5), ("go", 13)]
    assert [(one.types, one.line) for one in facts.handlers] == [(("KeyError", "db.Missing"), 11)]


def test_lines_stay_where_they_are() -> None:
    """What is rewritten has as many lines, and Python 3.11 reads it."""
    text = older(NEWER.encode())
    assert text.count(b"\n") == NEWER.encode().count(b"\n")
    assert ast.parse(text)


@pytest.mark.parametrize("text", [b"def f[", b"class A[[[:\n", b"type X[\n", b"except a, b:\n"])
def test_what_is_no_python_is_said(text: bytes) -> None:
    """On the line where the text itself is wrong, however it was rewritten."""
    assert facts_of("python", text).error == "line 1 is no Python 3"


def test_many_brackets_cost_little() -> None:
    """The first that nothing closes ends it: no byte is looked at twice."""
    text = b"def f[a]():\n" + b"def f[" * 100_000
    assert older(text) == text
