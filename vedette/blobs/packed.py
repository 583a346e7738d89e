"""Files by content, compressed where they lie: for what is read seldom and kept long."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import zstandard

from vedette.blobs import BlobFolder, is_older

_LEVEL = 3


class TooLarge(ValueError):
    """A file is larger than whoever asks can take."""


class PackedFolder:
    """A folder of compressed blobs. Safe for threads; writing twice is harmless."""

    def __init__(self, folder: Path) -> None:
        self._blobs = BlobFolder(folder)
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their name."""
        packer = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True)
        return self._blobs.put(packer.compress(data))

    def put_file(self, path: Path) -> str:
        """Store a file's bytes, which may be many, and return their name."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, packed = tempfile.mkstemp(dir=self.folder, suffix=".packed")
        try:
            packer = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True)
            with path.open("rb") as source, os.fdopen(handle, "wb") as target:
                packer.copy_stream(source, target, size=path.stat().st_size)
            return self._blobs.adopt(Path(packed))
        finally:
            Path(packed).unlink(missing_ok=True)

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """The bytes of that name, or None if it is not there. Raises TooLarge."""
        packed = self._blobs.get(name)
        if packed is None:
            return None
        size = zstandard.frame_content_size(packed)
        if size < 0 or size > most_bytes:
            raise TooLarge(f"{name} has {size} bytes")
        return zstandard.ZstdDecompressor().decompress(packed)

    def has(self, name: str) -> bool:
        """Whether the bytes are there."""
        return self._blobs.has(name)

    def names_before(self, moment: float) -> list[str]:
        """The blobs last written before `moment` (seconds)."""
        return self._blobs.names_before(moment)

    def remove_leftovers(self, before: float) -> None:
        """Delete what uploads that ended half way have left since before `before` (seconds)."""
        self._blobs.remove_leftovers(before)
        for path in self.folder.glob("*.*"):
            if is_older(path, before):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def remove(self, names: Iterable[str], *, before: float) -> set[str]:
        """Delete blobs but for those written since `before` (seconds), which are returned."""
        return self._blobs.remove(names, before=before)
