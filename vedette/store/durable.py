"""Small files that are replaced whole, and folders whose names outlast a loss of power."""

from __future__ import annotations

import os
from pathlib import Path


def write_file(path: Path, content: bytes, *, must_last: bool = False) -> None:
    """Replace a small file; with `must_last` also a loss of power does not undo it.

    Raises OSError, and leaves no half of it: on a full disk that would be in the way.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if must_last:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if must_last:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what was created, renamed or deleted in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
