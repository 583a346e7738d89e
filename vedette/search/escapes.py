r"""How characters are written that stand for themselves.

A `*` has a backslash before it. Backslashes before a `*` count in pairs, each pair is one
backslash; anywhere else a backslash is itself. Within quotes `\"` is a quote and `\u005c` a
backslash: without it a text that ends in one could not be quoted.
"""

from __future__ import annotations

import re

from vedette.store.patterns import pieces

__all__ = ["guarded", "has_wildcard", "literal", "pieces", "with_escapes", "without_escapes"]


def has_wildcard(text: str) -> bool:
    """Whether a text holds a `*` that stands for anything."""
    return _WILDCARD.search(text) is not None


def literal(pattern: str) -> str:
    """The text that a pattern without wildcards means."""
    return _STARS.sub(lambda found: "\\" * (len(found[1]) // 2) + "*", pattern)


def guarded(text: str) -> str:
    """The pattern that means this text: the opposite of `literal`."""
    return _STARS.sub(lambda found: "\\" * (2 * len(found[1]) + 1) + "*", text)


def with_escapes(text: str) -> str:
    """The text as it stands between quotes: the opposite of `without_escapes`."""
    text = text.replace(_BACKSLASH, _BACKSLASH + _BACKSLASH[1:])
    if text.endswith("\\"):
        text = text[:-1] + _BACKSLASH
    return text.replace('"', '\\"')


def without_escapes(text: str) -> str:
    """What a text between quotes means, its stars left as they are written."""
    return _ESCAPES.sub(lambda found: '"' if found[0][-1] == '"' else "\\", text)


_BACKSLASH = "\\u005c"
_ESCAPES = re.compile(r'\\(?:"|u005c)')
_WILDCARD = re.compile(r"(?<!\\)(?:\\\\)*+\*")
_STARS = re.compile(r"(?<!\\)(\\*+)\*")
