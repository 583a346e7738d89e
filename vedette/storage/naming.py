"""Whether a body names a person: whole words, in whatever case, also where JSON escapes them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

SHORTEST = 4  # a shorter word is found in the body of anybody's
_MOST_BYTES = 64 << 20  # of what is unpacked to be read

# What such a name goes on with belongs to somebody else: joanna@, anna@example.com.au, 1700.4711
_NOT_AFTER = r"(?<!\w)(?<!\w[.+\-_@])"
_NOT_BEFORE = r"(?!\w)(?![.+\-@]\w)"
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\.", re.DOTALL)


class Naming:
    """What a person is called, to be looked for in bodies."""

    def __init__(self, value: str) -> None:
        self._word = value.lower()
        self._bytes = self._word.encode("utf-8", "replace")
        self._pattern = re.compile(_NOT_AFTER + re.escape(self._word) + _NOT_BEFORE)
        self._is_long = len(value) >= SHORTEST

    def is_in(self, body: bytes) -> bool:
        """Whether the person is named, also in what a recording packs behind its first line."""
        return self._is_long and any(self._is_said(part) for part in _parts(body))

    def _is_said(self, part: bytes) -> bool:
        is_escaped = b"\\u" in part
        if self._word.isascii() and not is_escaped and self._bytes not in part.lower():
            return False
        text = part.decode("utf-8", "replace")
        if "\\" in text:
            text = _ESCAPE.sub(_meant, text)
        return self._pattern.search(text.lower()) is not None


def _parts(body: bytes) -> Iterator[bytes]:
    yield body
    packed = body[body.find(b"\n") + 1 :]
    if packed[:1] == b"\x78":  # the first byte of zlib
        try:
            yield zlib.decompressobj().decompress(packed, _MOST_BYTES)
        except zlib.error:
            return  # a line that begins with this letter


def _meant(found: re.Match[str]) -> str:
    """What an escape stands for; control characters are as good as a space."""
    escaped = found[0]
    if not escaped.startswith("\\u"):
        return escaped[1] if escaped[1] in '"\\/' else " "
    units = b"".join(int(one, 16).to_bytes(2, "big") for one in escaped.split("\\u")[1:])
    return units.decode("utf-16-be", "replace")
