"""Pieces of files on their way (protocol, section 5.3): kept by content, joined, swept later."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from vedette import clock
from vedette.accounts.models import Organization
from vedette.artifacts.models import Chunk
from vedette.artifacts.storage import artifact_blobs

CHUNK_BYTES = 8 << 20  # a power of two, as clients ask for
MOST_FILE_BYTES = 1 << 30
KEEP = timedelta(days=1)


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

    Raises MissingChunks, FileTooLarge, and WrongChecksum if it is not the file of that SHA-1.
    """
    held = {chunk.checksum: chunk for chunk in _chunks(organization, checksums)}
    missing = [one for one in checksums if one.lower() not in held]
    if missing:
        raise MissingChunks(missing)
    if sum(held[one.lower()].size_bytes for one in checksums) > MOST_FILE_BYTES:
        raise FileTooLarge(f"The file is larger than {MOST_FILE_BYTES >> 20} MB.")
    digest = hashlib.sha1(usedforsecurity=False)
    folder = artifact_blobs().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".joined") as file:
        for one in checksums:
            data = artifact_blobs().get(held[one.lower()].blob, CHUNK_BYTES)
            if data is None:
                raise MissingChunks([one])
            digest.update(data)
            file.write(data)
        file.flush()
        if digest.hexdigest() != checksum.lower():
            raise WrongChecksum("The chunks do not make the file of that checksum. Upload again.")
        yield Path(file.name)


def _chunks(organization: Organization, checksums: Sequence[str]) -> list[Chunk]:
    wanted = {one.lower() for one in checksums}
    return list(Chunk.objects.filter(organization=organization, checksum__in=wanted))
