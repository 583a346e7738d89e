"""Letters that capitals and small letters do not pair one to one: `ß` is `SS` in capitals.

The store compares texts letter by letter, without regard to case. Where a word can be spelled
in another way that means the same, it is asked for both; mixtures within one word are not.
"""

from __future__ import annotations

import re
import unicodedata


def spellings(pattern: str) -> list[str]:
    """The pattern and its other spellings; nearly always only itself."""
    found = [pattern]
    if not pattern.isascii():
        found = [composed(pattern), unicodedata.normalize("NFD", pattern)]
    for letters, other in ((_SHARP_S, "ss"), (_DOUBLE_S, "ß"), (_SIGMA, "ς"), (_LAST_SIGMA, "σ")):
        found += [letters.sub(other, one) for one in found if letters.search(one)]
    return list(dict.fromkeys(found))


def composed(text: str) -> str:
    """The text with each letter and its marks as one character, as nearly everybody types it.

    The small `i` of `İ`, which is written with a dot above it, is an `i` to the store.
    """
    return text if text.isascii() else _DOTTED_I.sub("i", unicodedata.normalize("NFC", text))


_DOTTED_I = re.compile("i\u0307")
_SHARP_S = re.compile("[ßẞ]")
_DOUBLE_S = re.compile("ss", re.IGNORECASE)
_SIGMA = re.compile(r"(?<=\w)[σΣ](?!\w)")
_LAST_SIGMA = re.compile("ς")
