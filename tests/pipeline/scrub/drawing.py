"""Tokens for the corpus, drawn anew from its lines: none stands in the repository."""

from __future__ import annotations

import random
import re
import string
import uuid

_LETTERS = {
    "A": string.ascii_letters + string.digits,
    "L": string.ascii_letters,
    "H": "0123456789abcdef",
    "U": string.ascii_uppercase + string.digits,
    "D": string.digits,
    "W": string.ascii_letters + string.digits + "-_",
    "Q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
_PLACE = re.compile(r"\$([ALHUDWQ])(\d+)|\$G\b")


def drawn(line: str) -> str:
    """The line with `$A36` and the like filled in: a class of letters and how many; `$G`: a UUID.

    The same line gives the same text.
    """
    source = random.Random(line)  # noqa: S311 - no secret of ours
    return _PLACE.sub(lambda place: _fill(place, source), line)


def _fill(place: re.Match[str], source: random.Random) -> str:
    if place[1] is None:
        return str(uuid.UUID(int=source.getrandbits(128), version=4))
    letters, length = _LETTERS[place[1]], int(place[2])
    while True:
        text = "".join(source.choices(letters, k=length))
        if text[0] not in "-_0" and text[-1] not in "-_" and _has_digit(text, letters):
            return text


def _has_digit(text: str, letters: str) -> bool:
    return "0" not in letters or len(text) < 10 or any(one.isdigit() for one in text)
