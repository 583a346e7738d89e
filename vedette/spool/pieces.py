"""The bytes of records on their way to a file: in memory, or a file themselves."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

Buffer: TypeAlias = bytes | mmap.mmap
_LARGE_BYTES = 1 << 20


def size_of(path: Path) -> int:
    """How many bytes a file has; 0 for one that was written, and has gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def mapped(path: Path, files: ExitStack) -> Buffer:
    """A file's bytes without reading them into memory."""
    file = files.enter_context(path.open("rb"))
    if not os.fstat(file.fileno()).st_size:
        return b""  # nothing cannot be mapped
    return files.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def joined(pieces: list[Buffer]) -> Iterator[Buffer]:
    """The pieces in order, small ones joined, large ones as they are."""
    small: list[Buffer] = []
    for piece in pieces:
        if len(piece) < _LARGE_BYTES:
            small.append(piece)
            continue
        yield b"".join(small)
        yield piece
        small = []
    yield b"".join(small)


def write(file: int, data: Buffer) -> None:
    """Write all of it."""
    with memoryview(data) as view:
        written = 0
        while written < len(view):
            written += os.write(file, view[written:])
