"""A zip of debug files, unpacked within bounds and under names of our own."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

MOST_FILES = 500
MOST_TOTAL_BYTES = 4 << 30
_MOST_RATIO = 250
_FREE_BYTES = 64 << 20
_PIECE = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class BadZip(ValueError):
    """The zip cannot be taken; the text says why, to whoever uploaded it."""


def unpacked(path: Path, folder: Path) -> list[tuple[Path, str]] | None:
    """The files in a zip, each with its name, to be looked at only; None for what is no zip.

    A source bundle is a zip behind a head of its own, and one file. Raises BadZip.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head != b"PK\x03\x04":
        return None
    try:
        with zipfile.ZipFile(path) as held:
            return _unpack(held, path.stat().st_size, folder)
    except _BROKEN as error:
        if isinstance(error, BadZip):
            raise
        raise BadZip(f"The zip cannot be read: {error}"[:300]) from None


def _unpack(held: zipfile.ZipFile, packed: int, folder: Path) -> list[tuple[Path, str]]:
    infos = [info for info in held.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise BadZip(f"The zip holds {len(infos)} files; {MOST_FILES} are allowed.")
    left = max(_FREE_BYTES, min(MOST_TOTAL_BYTES, packed * _MOST_RATIO))
    made = []
    for at, info in enumerate(infos):
        target = folder / f"file-{at}"
        left -= _copy(held, info, target, left)
        made.append((target, info.filename.replace("\\", "/")))
    return made


def _copy(held: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, most: int) -> int:
    """How many bytes were written; whatever the zip says of sizes, no more than `most`."""
    size = 0
    with held.open(info) as source, target.open("wb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > most:
                raise BadZip("The zip inflates to far more than it should (a zip bomb?).")
            file.write(piece)
    return size
