"""Characters that make a text look like another one: shown by their number, not obeyed.

Bidirectional controls turn the order of what follows (CVE-2021-42574), zero-width and other
invisible characters make two names look alike. On pages and in messages a visible mark stands in
their place, such as ⟦U+202E⟧; JSON and files are given out as they are.
"""

from __future__ import annotations

import re

_LYING = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_JOINERS = {"\u200d", "\u200c"}  # make one emoji of several, and letters of many scripts


def plain_text(text: str) -> str:
    """The text with a mark for each character that would not be seen.

    Joiners stay between characters beyond Latin, where emoji and many scripts need them.
    """
    if text.isascii():
        return text
    return _LYING.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    char, text, at = found[0], found.string, found.start()
    if char in _JOINERS and 0 < at < len(text) - 1 and min(text[at - 1], text[at + 1]) > "\u0300":
        return char
    return f"⟦U+{ord(char):04X}⟧"
