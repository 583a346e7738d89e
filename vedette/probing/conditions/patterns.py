"""Patterns of conditions: `"v2.*"` with wildcards for a whole text, `/re/` found anywhere in it.

Both are matched by RE2, in time linear in the text; at worst it tries each instruction of the
pattern at each byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import re2

MOST_WILDCARDS = 20
_OPTIONS = re2.Options()
_OPTIONS.max_mem = 1 << 20
_OPTIONS.log_errors = False


class BadPattern(ValueError):  # noqa: N818 - what it is
    """A pattern that cannot be used."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern; `gas` is what it costs to write it, `size` how many instructions it has."""

    written: str
    gas: int
    _compiled: Any = field(repr=False, compare=False)

    @property
    def size(self) -> int:
        """A look at a text takes at most so many steps for each byte of it."""
        return int(self._compiled.programsize)

    def fits(self, text: str) -> bool:
        """Whether the text has what the pattern asks for."""
        return self._compiled.search(text) is not None


def wildcards(written: str) -> Pattern:
    """`*` stands for any text, `?` for one character, a backslash takes their meaning."""
    parts: list[str] = []
    count = 0
    chars = iter(written)
    for char in chars:
        if char in "*?":
            count += 1
            parts.append(".*" if char == "*" else ".")
        else:
            parts.append(re2.escape(next(chars, char) if char == "\\" else char))
    if count > MOST_WILDCARDS:
        raise BadPattern(f"a pattern has at most {MOST_WILDCARDS} wildcards")
    return Pattern(written, 1 + count, _compile(r"(?s)\A" + "".join(parts) + r"\z"))


def regular(written: str) -> Pattern:
    """A regular expression as RE2 has them: without references back and without looking around."""
    return Pattern(written, 5, _compile(written))


def written_pattern(written: str) -> Pattern:
    """`/a pattern/` or a text with wildcards. Raises BadPattern."""
    if len(written) > 2 and written[0] == written[-1] == "/":
        return regular(written[1:-1])
    return wildcards(written)


def _compile(expression: str) -> Any:
    try:
        return re2.compile(expression, _OPTIONS)
    except re2.error as error:
        text = error.args[0] if error.args else error
        words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        raise BadPattern(f"the pattern cannot be used: {words}") from None
