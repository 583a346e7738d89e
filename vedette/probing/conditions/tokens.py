"""The words of a condition, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vedette.probing.conditions.errors import BadCondition

MOST_CHARACTERS = 1000
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<path>\$(?:\.[A-Za-z_][\w-]*|\[\s*(?:-?\d{1,9}|"(?:[^"\\]|\\.)*"|'[^']*')\s*\])*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'[^']*')
    |(?P<regular>/(?:[^/\\]|\\.)+/)
    |(?P<number>-?(?:0|[1-9]\d{0,18})(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?)(?P<unit>ms|s)?(?![\w.])
    |(?P<word>[A-Za-z_][A-Za-z_]*)
    |(?P<symbol>==|!=|<=|>=|!~|[<>~()\[\],.])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is path, text, regular, number, word, symbol or end."""

    kind: str
    text: str
    start: int
    end: int
    unit: str = ""


def tokens(text: str) -> list[Token]:
    """All of them, with one of the kind `end` behind. Raises BadCondition."""
    if len(text) > MOST_CHARACTERS:
        raise BadCondition(f"a condition has at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    found: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.end() > end:
            raise _unread(text, at)
        kind = "number" if match["unit"] else str(match.lastgroup)
        start = match.start(kind)
        found.append(Token(kind, match[kind], start, match.end(), match["unit"] or ""))
        at = match.end()
    return [*found, Token("end", "", end, end)]


def _unread(text: str, at: int) -> BadCondition:
    at += len(text[at:]) - len(text[at:].lstrip())
    words = {
        '"': "the text has no end",
        "'": "the text has no end",
        "/": "the pattern has no end",
        "=": "write == to compare",
        "&": "write and",
        "|": "write or",
        "!": "write not",
        "$": "this path cannot be read",
    }
    return BadCondition(words.get(text[at], f"{text[at]!r} means nothing here"), at)
