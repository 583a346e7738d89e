"""What is newer in Python's grammar than the interpreter, written as an older one reads it.

Asked only of a text that could not be read. Lines stay where they are.
"""

from __future__ import annotations

import re

# `except KeyError, ValueError:` (PEP 758).
_EXCEPT = re.compile(
    rb"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)([ \t]*:)", re.MULTILINE
)
# `type Pair[T] = tuple[T, T]`, `def first[T](`, `class Box[T]:` (PEP 695).
_NAMED = re.compile(
    rb"^([ \t]*)(type[ \t]+(?=\w+[ \t]*[\[=])|(?:async[ \t]+)?def[ \t]+|class[ \t]+)(\w+)",
    re.MULTILINE,
)
_MOST = 4_000  # bytes of parameters


def older(text: bytes) -> bytes:
    """The text with types in parentheses, without parameters of types, aliases as assignments."""
    text = _EXCEPT.sub(rb"\1(\2)\3", text)
    parts: list[bytes] = []
    place = 0
    for found in _NAMED.finditer(text):
        if found.start() < place:
            continue
        word = b"" if found[2].startswith(b"type") else found[2]
        parts += [text[place : found.start()], found[1], word, found[3]]
        place = found.end()
        if text[place : place + 1] == b"[":
            end = _end(text, place)
            if end == place:
                return text  # a bracket that nothing closes: no Python of any age
            parts.append(b"\\\n" * text.count(b"\n", place, end))
            place = end
    parts.append(text[place:])
    return b"".join(parts)


def _end(text: bytes, start: int) -> int:
    """Behind the bracket that closes the one at `start`; `start` if none does."""
    depth = 0
    for at in range(start, min(start + _MOST, len(text))):
        depth += (text[at] == 0x5B) - (text[at] == 0x5D)
        if depth == 0:
            return at + 1
    return start
