"""Pieces of files on their way (protocol, section 5.3): kept by content, joined, swept later."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from vedette import clock
from vedette.accounts.models import Organization
from vedette.artifacts.models import Chunk
from vedette.artifacts.storage import NoRoom, artifact_blobs, check_room

CHUNK_BYTES = 8 << 20  # a power of two, as clients ask for
MOST_FILE_BYTES = 1 << 30
KEEP = timedelta(days=1)
_SMALL_BYTES = 64 << 20
# Large files that are made of chunks at the same time, and with those that wait for their turn.
_working = threading.BoundedSemaphore(2)
_waiting = threading.BoundedSemaphore(8)


class WrongChecksum(ValueError):
    """The bytes are not those that their checksum names."""


class MissingChunks(ValueError):
    """Chunks are not there, or went away a moment ago: `checksums` says which."""

    def __init__(self, checksums: list[str]) -> None:
        super().__init__(f"{len(checksums)} chunks are missing")
        self.checksums = checksums


class FileTooLarge(ValueError):
    """The chunks together are more than a file may have."""


def keep_chunk(organization: Organization, checksum: str, data: bytes) -> None:
    """Store a chunk; twice is once. Raises WrongChecksum."""
    if hashlib.sha1(data, usedforsecurity=False).hexdigest() != checksum.lower():
        raise WrongChecksum(f"The chunk {checksum[:40]} arrived with other bytes than it names.")
    Chunk.objects.update_or_create(
        organization=organization,
        checksum=checksum.lower(),
        defaults={
            "blob": artifact_blobs().put(data),
            "size_bytes": len(data),
            "touched_at": clock.now(),
        },
    )


def missing_chunks(organization: Organization, checksums: Sequence[str]) -> list[str]:
    """Those that have still to be sent; the others are kept for another day."""
    held = {chunk.checksum: chunk.blob for chunk in _chunks(organization, checksums)}
    there = [one for one in held if artifact_blobs().has(held[one])]
    Chunk.objects.filter(organization=organization, checksum__in=there).update(
        touched_at=clock.now()
    )
    known = set(there)
    return [one for one in dict.fromkeys(checksums) if one.lower() not in known]


@contextmanager
def joined(organization: Organization, checksums: Sequence[str], checksum: str) -> Iterator[Path]:
    """The file that the chunks make, while the block runs.

    Raises MissingChunks, FileTooLarge, NoRoom, and WrongChecksum if it is not the file of that
    SHA-1.
    """
    held = {chunk.checksum: chunk for chunk in _chunks(organization, checksums)}
    missing = [one for one in checksums if one.lower() not in held]
    if missing:
        raise MissingChunks(missing)
    size = sum(held[one.lower()].size_bytes for one in checksums)
    if size > MOST_FILE_BYTES:
        raise FileTooLarge(f"The file is larger than {MOST_FILE_BYTES >> 20} MB.")
    folder = artifact_blobs().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        _room(size),
        tempfile.NamedTemporaryFile(dir=folder, suffix=".joined") as file,
    ):
        _join(file, [held[one.lower()] for one in checksums], checksum)
        yield Path(file.name)


@contextmanager
def _room(size: int) -> Iterator[None]:
    """Of large files a few at a time: one may be a thousand times what was sent for it."""
    check_room(size)
    if size <= _SMALL_BYTES:
        yield
        return
    if not _waiting.acquire(blocking=False):
        raise NoRoom("Too many uploads at once: try again.")
    try:
        with _working:
            yield
    finally:
        _waiting.release()


def _join(file: IO[bytes], chunks: Sequence[Chunk], checksum: str) -> None:
    digest = hashlib.sha1(usedforsecurity=False)
    for one in chunks:
        data = artifact_blobs().get(one.blob, CHUNK_BYTES)
        if data is None:
            raise MissingChunks([one.checksum])
        digest.update(data)
        file.write(data)
    file.flush()
    if digest.hexdigest() != checksum.lower():
        raise WrongChecksum("The chunks do not make the file of that checksum. Upload again.")


def _chunks(organization: Organization, checksums: Sequence[str]) -> list[Chunk]:
    wanted = {one.lower() for one in checksums}
    return list(Chunk.objects.filter(organization=organization, checksum__in=wanted))
