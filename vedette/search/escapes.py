r"""How a `*` is written that stands for itself: with a backslash before it.

Backslashes before a `*` count in pairs, each pair is one backslash; anywhere else a backslash
is itself.
"""

from __future__ import annotations

import re


def has_wildcard(text: str) -> bool:
    """Whether a text holds a `*` that stands for anything."""
    return _WILDCARD.search(text) is not None


def literal(pattern: str) -> str:
    """The text that a pattern without wildcards means."""
    return _STARS.sub(lambda found: "\\" * (len(found[1]) // 2) + "*", pattern)


def guarded(text: str) -> str:
    """The pattern that means this text: the opposite of `literal`."""
    return _STARS.sub(lambda found: "\\" * (2 * len(found[1]) + 1) + "*", text)


_WILDCARD = re.compile(r"(?<!\\)(?:\\\\)*+\*")
_STARS = re.compile(r"(?<!\\)(\\*+)\*")
