"""An artifact bundle: a zip archive with a manifest (protocol, section 5.3), read within bounds.

Nothing is ever written under a name from the archive; names are only looked at.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

MOST_FILES = 20_000
MOST_FILE_BYTES = 64 << 20
MOST_TOTAL_BYTES = 2 << 30
_MOST_MANIFEST_BYTES = 32 << 20
_MOST_RATIO = 250  # of all files together; JavaScript comes to about 5
_FREE_BYTES = 64 << 20  # below it no ratio is looked at
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)


class BadBundle(ValueError):
    """The archive cannot be taken; the text says why, to whoever uploaded it."""


class Entry(msgspec.Struct):
    """What the manifest says of a file."""

    type: str = ""
    url: str = ""
    headers: dict[str, str] = {}


class Manifest(msgspec.Struct):
    """The manifest. Files are listed by their names in the archive."""

    files: dict[str, Entry] = {}
    release: str | None = None
    dist: str | None = None
    debug_id: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One file with its bytes."""

    entry: Entry
    content: bytes


class Zip:
    """An open archive whose names and sizes were looked at. Raises BadBundle."""

    def __init__(self, held: zipfile.ZipFile) -> None:
        self._held = held
        infos = held.infolist()
        if len(infos) > MOST_FILES:
            raise BadBundle(f"The bundle holds {len(infos)} files; {MOST_FILES} are allowed.")
        for info in infos:
            _check_name(info.filename)
        _check_sizes(infos)
        self.files = {info.filename: info for info in infos if not info.is_dir()}

    def read(self, info: zipfile.ZipInfo, most_bytes: int) -> bytes:
        """The bytes of a file, inflated no further than allowed, whatever the archive says."""
        try:
            with self._held.open(info) as file:
                content = file.read(most_bytes + 1)
        except _BROKEN as error:
            raise BadBundle(f"{info.filename[:200]} cannot be read: {error}"[:300]) from None
        if len(content) > most_bytes:
            raise BadBundle(f"{info.filename[:200]} is larger than {most_bytes >> 20} MB.")
        return content


class Archive:
    """An open bundle. Made by `open_bundle`."""

    def __init__(self, held: Zip) -> None:
        self._held = held
        self.manifest = self._manifest()

    def members(self) -> Iterator[Member]:
        """The files that the manifest names and the archive has. Raises BadBundle."""
        for name, entry in self.manifest.files.items():
            info = self._held.files.get(name)
            if info is not None and entry.url:
                yield Member(entry, self._held.read(info, MOST_FILE_BYTES))

    def _manifest(self) -> Manifest:
        info = self._held.files.get("manifest.json")
        if info is None:
            raise BadBundle("The bundle has no manifest.json.")
        try:
            return msgspec.json.decode(self._held.read(info, _MOST_MANIFEST_BYTES), type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadBundle(f"The bundle's manifest.json cannot be read: {error}"[:300]) from None


@contextmanager
def open_bundle(path: Path) -> Iterator[Archive]:
    """The bundle in this file. Raises BadBundle."""
    with path.open("rb") as file, _zip(file) as held:
        yield Archive(Zip(held))


def _zip(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*_BROKEN, ValueError, UnicodeDecodeError) as error:
        raise BadBundle(f"The file is no artifact bundle: {error}"[:300]) from None


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    packed = sum(info.compress_size for info in infos)
    total = sum(info.file_size for info in infos)
    if total > MOST_TOTAL_BYTES:
        raise BadBundle(f"The bundle holds more than {MOST_TOTAL_BYTES >> 30} GB of files.")
    if total > _FREE_BYTES and total > _MOST_RATIO * packed:
        raise BadBundle("The bundle inflates to far more than it should (a zip bomb?).")


def _check_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or "\x00" in name or ":" in parts[0]:
        raise BadBundle(f"The bundle holds a file whose name leads out of it: {name[:200]}")
