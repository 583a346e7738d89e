"""Files as pieces that are stored once, whichever files and backups have them.

Pieces have a fixed size: of a file that is changed in places, such as a database, only what has
changed is stored again, and no more than one piece is held in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec
import zstandard

from vedette.backups.errors import Damaged
from vedette.backups.manifest import File
from vedette.backups.repository import Repository

PIECE_BYTES: Final = 1 << 20
_OBJECTS: Final = "objects"
_DAMAGED: Final = "damaged.json"
_LEVEL: Final = 1  # most of what is stored is compressed already


class Pieces:
    """Writes pieces; knows which are there. One per backup."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._packer = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True)
        self._damaged = damaged(repository)
        self._held = {hash_of(key) for key in repository.keys(_OBJECTS)} - self._damaged
        self.written_bytes = 0

    def has_all(self, file: File) -> bool:
        """Whether a file of an earlier backup need not be stored again."""
        return self._held.issuperset(file.pieces)

    def add(self, path: str, source: BinaryIO, *, most_bytes: int, changed: int) -> File:
        """Store what a file holds from its place on, up to `most_bytes`."""
        whole, names, size = hashlib.sha256(), [], 0
        while size < most_bytes and (piece := source.read(min(PIECE_BYTES, most_bytes - size))):
            whole.update(piece)
            size += len(piece)
            names.append(self._put(piece))
        return File(path, size, changed, whole.hexdigest(), names)

    def end(self) -> None:
        """What was found damaged and is there again is no longer noted."""
        left = self._damaged - self._held
        if left != self._damaged:
            note_damaged(self._repository, left)

    def _put(self, piece: bytes) -> str:
        name = hashlib.sha256(piece).hexdigest()
        if name not in self._held:
            packed = self._packer.compress(piece)
            self._repository.put(key_of(name), packed)
            self._held.add(name)
            self.written_bytes += len(packed)
        return name


def read(repository: Repository, name: str) -> bytes:
    """The bytes of a piece, compared with its name. Raises Damaged."""
    packed = repository.get(key_of(name))
    if packed is None:
        raise Damaged(f"{key_of(name)} is missing")
    try:
        if not 0 <= zstandard.frame_content_size(packed) <= PIECE_BYTES:
            raise Damaged(f"{key_of(name)} is damaged")
        piece = zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError:
        raise Damaged(f"{key_of(name)} is damaged") from None
    if hashlib.sha256(piece).hexdigest() != name:
        raise Damaged(f"{key_of(name)} is damaged")
    return piece


def stored(repository: Repository) -> Iterator[str]:
    """The names of all pieces that are there, needed or not."""
    return (hash_of(key) for key in repository.keys(_OBJECTS))


def key_of(name: str) -> str:
    """Where a piece lies."""
    return f"{_OBJECTS}/{name[:2]}/{name}"


def hash_of(key: str) -> str:
    """The name of the piece that lies there."""
    return key.rpartition("/")[2]


def damaged(repository: Repository) -> set[str]:
    """The pieces that a verification found damaged or missing: the next backup writes them anew."""
    stored_note = repository.get(_DAMAGED)
    try:
        return set() if stored_note is None else msgspec.json.decode(stored_note, type=set[str])
    except msgspec.DecodeError:
        return set()  # the next verification finds them again


def note_damaged(repository: Repository, names: set[str]) -> None:
    """Remember them."""
    if names:
        repository.put(_DAMAGED, msgspec.json.encode(sorted(names)))
    else:
        repository.remove(_DAMAGED)
