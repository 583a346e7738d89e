"""Keeps what a checkpoint overwrites in place, until it is known to have come to its end.

DuckDB appends what a checkpoint writes, except for metadata: a block of it has 64 parts, and a
new part is put into a block that the last checkpoint still needs. The block is written whole
under a new checksum. A kill or a loss of power within that write leaves half of each, and the
engine refuses the whole file. So the blocks are written twice, as databases do that update in
place: first to a file beside, then by the engine.

Form: a checksum (BLAKE2b, 16 bytes) of the rest; the file's headers; then for each block its
number (8 bytes, little endian) and its bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import duckdb

from vedette.store.durable import sync_folder, write_file

log = logging.getLogger("vedette.store")

_SUFFIX = ".doublewrite"
_HEADERS_BYTES = 3 * 4096
_BLOCK_BYTES = 1 << 18
_CHECKSUM_BYTES = 16
_NUMBER_BYTES = 8


def beside(path: Path) -> Path:
    """Where the blocks of a day file are kept."""
    return path.with_name(path.name + _SUFFIX)


def keep(cursor: duckdb.DuckDBPyConnection, name: str, path: Path, handle: int) -> None:
    """Before a checkpoint: keep headers and metadata; lasting when it returns.

    `handle` is open for reading. Raises OSError, duckdb.Error.
    """
    found = cursor.execute(f"SELECT DISTINCT block_id FROM pragma_metadata_info('{name}')")
    parts = [os.pread(handle, _HEADERS_BYTES, 0)]
    for (number,) in found.fetchall():
        block = os.pread(handle, _BLOCK_BYTES, _place(number))
        if len(block) == _BLOCK_BYTES:  # otherwise it was never written
            parts += [number.to_bytes(_NUMBER_BYTES, "little"), block]
    content = b"".join(parts)
    write_file(beside(path), _checksum(content) + content, must_last=True)


def forget(path: Path) -> None:
    """The checkpoint has come to its end, or the file is gone."""
    beside(path).unlink(missing_ok=True)


def forget_orphans(folder: Path) -> None:
    """What a kill has left of files that are gone."""
    for kept in folder.glob(f"*{_SUFFIX}*"):
        if not kept.with_name(kept.name.partition(_SUFFIX)[0]).exists():
            kept.unlink(missing_ok=True)


def undo(path: Path, *, is_damaged: bool = False) -> bool:
    """Put back what a checkpoint has overwritten if it did not come to its end.

    Its last write is a header: while the headers are those that were kept, the blocks are
    needed as they were. With `is_damaged` the headers are not to be trusted and are put back
    too. The file must not be open. Returns whether anything was put back. Raises OSError.
    """
    kept = beside(path)
    try:
        stored = kept.read_bytes()
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        checksum, content = stored[:_CHECKSUM_BYTES], stored[_CHECKSUM_BYTES:]
        headers = content[:_HEADERS_BYTES]
        is_whole = checksum == _checksum(content)
        is_over = os.pread(handle, _HEADERS_BYTES, 0) != headers
        if not is_whole or (is_over and not is_damaged):
            return False
        for start in range(_HEADERS_BYTES, len(content), _NUMBER_BYTES + _BLOCK_BYTES):
            block = start + _NUMBER_BYTES
            number = int.from_bytes(content[start:block], "little")
            os.pwrite(handle, content[block : block + _BLOCK_BYTES], _place(number))
        os.pwrite(handle, headers, 0)
        os.fsync(handle)
    finally:
        os.close(handle)
    log.warning("a checkpoint of %s was cut off: it is undone", path.name)
    kept.unlink()
    sync_folder(path.parent)
    return True


def _place(number: int) -> int:
    return _HEADERS_BYTES + number * _BLOCK_BYTES


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECKSUM_BYTES).digest()
