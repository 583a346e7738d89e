"""The texts inside a map, left where they are until one is looked at.

Most of a large map is the text of its sources. Read apart from the mappings it costs nothing
until a frame is in it, and is not copied.
"""

from __future__ import annotations

import msgspec

from vedette.sourcemaps.validity import MapForm

_LARGE_BYTES = 64 << 10  # smaller maps are read whole
_MOST_DECODED = 32

_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str | None).decode


class SourceTexts:
    """The lines of a map's sources, by the names that the map gives them; with their breaks."""

    def __init__(self, texts: dict[str, msgspec.Raw]) -> None:
        self._texts = texts
        self._decoded: dict[str, list[str]] = {}

    def around(self, source: str, line: int, most: int) -> tuple[list[str], str, list[str]] | None:
        """The lines before, at and after a line, which counts from 1; None where there is none."""
        lines = self._lines(source)
        if not 0 < line <= len(lines):
            return None
        first = max(line - 1 - most, 0)
        found = lines[first : line + most]
        is_end = line + most >= len(lines)
        broken = [text + "\n" for text in (found[:-1] if is_end else found)]
        found = [*broken, found[-1]] if is_end else broken
        at = line - 1 - first
        return found[:at], found[at], found[at + 1 :]

    def _lines(self, source: str) -> list[str]:
        if source not in self._decoded:
            if len(self._decoded) >= _MOST_DECODED:
                self._decoded.clear()
            self._decoded[source] = self._decode(source)
        return self._decoded[source]

    def _decode(self, source: str) -> list[str]:
        held = self._texts.get(source)
        try:
            text = _decode_text(held) if held is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError):
            text = None
        return text.split("\n") if text is not None else []


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
    bare = raw.replace(bytes(form.sources_content), b"[]", 1)
    return bare, SourceTexts(dict(zip((name or "" for name in names), texts, strict=False)))
