"""The texts inside a map, left where they are until one is looked at.

Most of a large map is the text of its sources. Read apart from the mappings it costs nothing
until a frame is in it, and is not copied.
"""

from __future__ import annotations

import re
from array import array

import msgspec

from vedette.sourcemaps.validity import MapForm

_LARGE_BYTES = 64 << 10  # smaller maps are read whole
_MOST_CHARACTERS = 4 << 20  # of the decoded texts of a map, and one text more

_BREAK = re.compile("\n")
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str | None).decode


class SourceTexts:
    """The lines of a map's sources, by the names that the map gives them; with their breaks."""

    def __init__(self, texts: dict[str, msgspec.Raw]) -> None:
        self._texts = texts
        self._decoded: dict[str, _Text] = {}

    def around(self, source: str, line: int, most: int) -> tuple[list[str], str, list[str]] | None:
        """The lines before, at and after a line, which counts from 1; None where there is none."""
        text = self._text(source)
        if text is None or not 0 < line <= text.count:
            return None
        first = max(line - 1 - most, 0)
        found = [text.line(at) for at in range(first, min(line + most, text.count))]
        at = line - 1 - first
        return found[:at], found[at], found[at + 1 :]

    def _text(self, source: str) -> _Text | None:
        if source not in self._decoded:
            made = self._decode(source)
            if made is None:
                return None
            if sum(len(held.text) for held in self._decoded.values()) > _MOST_CHARACTERS:
                self._decoded.clear()
            self._decoded[source] = made
        return self._decoded[source]

    def _decode(self, source: str) -> _Text | None:
        held = self._texts.get(source)
        try:
            text = _decode_text(held) if held is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError):
            text = None
        return _Text(text) if text is not None else None


class _Text:
    """A text and where its lines begin: its lines by themselves would be ten times as large."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = array("I", [0])
        self._starts.extend(found.end() for found in _BREAK.finditer(text))

    @property
    def count(self) -> int:
        return len(self._starts)

    def line(self, at: int) -> str:
        """A line, counted from 0, with its break."""
        end = self._starts[at + 1] if at + 1 < self.count else None
        return self.text[self._starts[at] : end]


def split_texts(raw: bytes, form: MapForm) -> tuple[bytes, SourceTexts | None]:
    """A map without the texts of its sources, and these; the map as it is where that is not plain.

    Plain is a large map whose sources have different names that are not put together.
    """
    names = form.sources or []
    if len(raw) < _LARGE_BYTES or form.sections or form.source_root or len(set(names)) < len(names):
        return raw, None
    try:
        texts = _decode_list(form.sources_content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw, None
    if len(texts) > len(names):
        return raw, None
    content = bytes(form.sources_content)
    if raw.count(content) != 1:  # the same list stands elsewhere, too
        return raw, None
    bare = raw.replace(content, b"[]")
    return bare, SourceTexts(dict(zip((name or "" for name in names), texts, strict=False)))
