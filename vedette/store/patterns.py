r"""Wildcard patterns (`*` stands for anything, `\*` for itself) as people write them in searches.

Engines take them as LIKE, never as a regular expression: their LIKE looks for one text between
two wildcards after the other and is linear in the text. Tests hold that for each engine.
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


def is_plain(text: str) -> bool:
    """Whether a text means itself in a LIKE pattern that has no escape."""
    return _SPECIAL.search(text) is None


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


_STAR = re.compile(r"(\\*)\*")
_SPECIAL = re.compile(r"[\\%_]")
