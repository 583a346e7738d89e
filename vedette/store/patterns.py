r"""Wildcard patterns (`*` stands for anything, `\*` for itself) in the words of the engines.

A visitor writes them, so only matchers that are linear in the text may see them: LIKE where it
is a plain comparison, RE2 everywhere else. DuckDB's LIKE tries every split of a text between
the wildcards, which takes minutes for five of them on one long text.
"""

from __future__ import annotations

import re


def pieces(pattern: str) -> list[str]:
    """The literal texts between the wildcards; one text where there is no wildcard."""
    found = [""]
    last = 0
    for star in _STAR.finditer(pattern):
        backslashes = len(star[1])
        found[-1] += pattern[last : star.start()] + "\\" * (backslashes // 2)
        if backslashes % 2:
            found[-1] += "*"
        else:
            found.append("")
        last = star.end()
    found[-1] += pattern[last:]
    return found


def like(pattern: str) -> str:
    """The LIKE pattern, with a backslash as its escape."""
    return "%".join(_SPECIAL.sub(r"\\\g<0>", piece) for piece in pieces(pattern))


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits, without regard to case; linear in the text."""
    first, *rest = (piece.lower() for piece in pieces(pattern))
    text = text.lower()
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first):
        return False
    place = len(first)
    for piece in middle:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return len(text) - len(last) >= place and text.endswith(last)


def like_is_linear(pattern: str) -> bool:
    """Whether LIKE only compares the beginning, the end, or looks for one text."""
    parts = pieces(pattern)
    inner = [part for part in parts[1:-1] if part]
    if len(parts) == 1 or not inner:
        return len(parts) < 3 or not (parts[0] or parts[-1])
    return len(inner) == 1 and len(parts) == 3 and not parts[0] and not parts[-1]


def regular_expression(pattern: str) -> str:
    """An RE2 expression for the whole text; `.` must match line breaks too."""
    return ".*".join(_PUNCTUATION.sub(r"\\\g<0>", part) for part in pieces(pattern))


_STAR = re.compile(r"(\\*)\*")
_SPECIAL = re.compile(r"[\\%_]")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
