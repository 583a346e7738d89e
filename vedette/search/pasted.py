"""Characters that come with pasted text: other blanks, typographic quotes, what has no width.

`plain` makes one character of every character, so that places in the text stay what they were;
`visible` leaves out what nobody sees and tells the places. What stands between straight double
quotes is left alone.
"""

from __future__ import annotations

import re

# Zero-width space, word joiner, byte order mark, soft hyphen, marks of direction. Joiners that
# make letters and emoji are none of them.
NO_WIDTH = "\u200b\u2060\ufeff\xad\u200e\u200f\u202a-\u202e\u2066-\u2069"


def plain(text: str) -> str:
    """The text with blanks as spaces and pairs of typographic quotes as double quotes."""
    if text[:1] in "\r\n" or text[-1:] in "\r\n":
        text = _OUTER_BREAKS.sub(lambda found: " " * len(found[0]), text)
    if text.isascii() and "\t" not in text:
        return text
    return _PARTS.sub(_plain, text)


def visible(text: str) -> tuple[str, list[int] | None]:
    """The text without characters of no width, and where each that is left stood in `text`.

    None for the places says that nothing was left out.
    """
    if _INVISIBLE.search(text) is None:
        return text, None
    places: list[int] = []
    for part in _SEEN.finditer(text):
        if part[0][0] == '"' or _INVISIBLE.match(part[0]) is None:
            places += range(part.start(), part.end())
    return "".join(text[place] for place in places), places


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
# Line breaks around a text that was copied with its line.
_OUTER_BREAKS = re.compile(r"\A[\r\n ]+|[\r\n ]+\Z")
_INVISIBLE = re.compile(f"[{NO_WIDTH}]")
_SEEN = re.compile(rf'"(?>\\"|[^"])*+"|[{NO_WIDTH}]|[^"{NO_WIDTH}]++|"')
