"""Lines of source out of a source bundle, as `sentry-cli debug-files bundle-sources` makes it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import OrderedDict

import msgspec

CONTEXT_LINES = 5
_MOST_MANIFEST_BYTES = 32 << 20
_MOST_SOURCE_BYTES = 8 << 20
_MOST_LINE_CHARACTERS = 1000
_MOST_LINES = 300_000
_MOST_OPEN = 8
_MOST_KEPT_BYTES = 2 << 20  # of one source, as lines
_LINE_BYTES = 64  # what a line costs besides its characters
_BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, KeyError,
    ValueError,
)  # fmt: skip


class _Entry(msgspec.Struct):
    path: str = ""
    url: str = ""


class _Manifest(msgspec.Struct):
    files: dict[str, _Entry] = {}


class SourceBundle:
    """An open bundle; sources are found by the path they had when they were compiled, or, in
    bundles of JVM programs, by the address. Raises ValueError for what is none."""

    def __init__(self, data: bytes) -> None:
        try:
            self._held = zipfile.ZipFile(io.BytesIO(data))
            manifest = self._read("manifest.json", _MOST_MANIFEST_BYTES)
            files = msgspec.json.decode(manifest, type=_Manifest).files
        except (*_BROKEN, msgspec.DecodeError, RecursionError) as error:
            raise ValueError(f"the source bundle cannot be read: {error}") from None
        self._names = {
            _key(entry.path or entry.url): name
            for name, entry in files.items()
            if entry.path or entry.url
        }
        self._open: OrderedDict[str, list[str]] = OrderedDict()

    def around(self, path: str, line: int) -> tuple[list[str], str, list[str]] | None:
        """The lines before, at and after a line of a file; None if they are not there."""
        lines = self._lines(_key(path))
        if not 0 < line <= len(lines):
            return None
        before = lines[max(line - 1 - CONTEXT_LINES, 0) : line - 1]
        return before, lines[line - 1], lines[line : line + CONTEXT_LINES]

    def _lines(self, key: str) -> list[str]:
        name = self._names.get(key)
        if name is None:
            return []
        if name in self._open:
            self._open.move_to_end(name)
            return self._open[name]
        lines = self._split(name)
        if sum(map(len, lines)) + _LINE_BYTES * len(lines) <= _MOST_KEPT_BYTES:
            self._open[name] = lines
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
        return lines

    def _split(self, name: str) -> list[str]:
        try:
            text = self._read(name, _MOST_SOURCE_BYTES).decode("utf-8", "replace")
        except _BROKEN:
            return []
        return [line[:_MOST_LINE_CHARACTERS] for line in text.splitlines()[:_MOST_LINES]]

    def _read(self, name: str, most_bytes: int) -> bytes:
        with self._held.open(name) as file:
            data = file.read(most_bytes + 1)
        if len(data) > most_bytes:
            raise ValueError(f"{name[:200]} is larger than {most_bytes >> 20} MB")
        return data


def _key(path: str) -> str:
    """What the ways to write a path have in common: Windows does not tell case nor slashes."""
    plain = path.replace("\\", "/")
    return plain.lower() if plain[1:2] == ":" else plain
