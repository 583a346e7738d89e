"""Characters that come with pasted text: other blanks, typographic quotes.

Every character becomes one character, so that places in the text stay what they were. What
stands between straight double quotes is left alone.
"""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """The text with blanks as spaces and pairs of typographic quotes as double quotes."""
    if text.isascii() and "\t" not in text:
        return text
    return _PARTS.sub(_plain, text)


def _plain(found: re.Match[str]) -> str:
    part = found[0]
    if part[0] == '"':
        return part
    return f'"{part[1:-1]}"' if len(part) > 1 else " "


_BLANKS = "\t\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PAIRS = ("“”", "„“", "„”", "‟”", "«»", "»«", "””")
_QUOTED = "|".join(
    rf'(?<![^\s:(,\[{_BLANKS}])[{pair[0]}][^"{pair}]*[{pair[1]}](?![^\s),\]{_BLANKS}])'
    for pair in _PAIRS
)
_PARTS = re.compile(rf'"(?>\\"|[^"])*+"|{_QUOTED}|[{_BLANKS}]')
