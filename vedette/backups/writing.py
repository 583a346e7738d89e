"""Files of a backup made anew from their pieces, each compared with what the manifest says."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from vedette.backups import pieces
from vedette.backups.errors import Damaged
from vedette.backups.manifest import File
from vedette.backups.repository import Repository


def write(repository: Repository, file: File, path: Path) -> None:
    """Write a file with its time; on disk when it returns. Raises Damaged, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        read_through(repository, file, lambda piece: _write(target.fileno(), piece))
        os.fsync(target.fileno())
    os.utime(path, ns=(file.changed, file.changed))


def read_through(repository: Repository, file: File, take: Callable[[bytes], object]) -> None:
    """Give each piece of a file to `take`. Raises Damaged if the whole is not what was kept."""
    whole, size = hashlib.sha256(), 0
    for name in file.pieces:
        try:
            piece = pieces.read(repository, name)
        except Damaged as error:
            raise Damaged(f"{file.path}: {error}") from None
        whole.update(piece)
        size += len(piece)
        take(piece)
    if size != file.size or whole.hexdigest() != file.sha256:
        raise Damaged(f"{file.path}: its pieces make another file than was kept")


def place_of(root: Path, file: File) -> Path:
    """Where a file belongs in a folder. Raises Damaged for a path that leads out of it."""
    path = PurePosixPath(file.path)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise Damaged(f"{file.path!r} leads out of the folder")
    return root / path


def _write(handle: int, piece: bytes) -> None:
    with memoryview(piece) as view:
        done = 0
        while done < len(view):
            done += os.write(handle, view[done:])
