"""How much of the spool is not consumed yet, readable by every process.

The pipeline notes its position in a small file beside the segments. The note is a hint for
back-pressure and health only; the truth is the position in the metadata.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from vedette.spool import segment

_NOTE = "consumed"


def note(folder: Path, position: int) -> None:
    """Write down how far this writer's folder has been consumed."""
    path = folder / _NOTE
    temporary = folder / (_NOTE + ".new")
    temporary.write_text(str(position))
    os.replace(temporary, path)


def consumed(folder: Path) -> int:
    """The noted position, 0 if there is none."""
    try:
        return int((folder / _NOTE).read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def writers(spool_folder: Path) -> list[Path]:
    """The folders of all writers."""
    return sorted(path for path in spool_folder.glob("*") if path.is_dir())


def folder_bytes(folder: Path) -> int:
    """Bytes of one writer that are not consumed yet."""
    position = consumed(folder)
    found = segment.find(folder)
    return sum(max(0, held.end - max(position, held.start)) for held in found)


def total_bytes(spool_folder: Path) -> int:
    """Bytes of all writers that are not consumed yet."""
    return sum(folder_bytes(folder) for folder in writers(spool_folder))


def age_seconds(spool_folder: Path) -> float:
    """How long the oldest unconsumed bytes may have waited; 0 without a backlog."""
    oldest = 0.0
    for folder in writers(spool_folder):
        if not folder_bytes(folder):
            continue
        try:
            noted = (folder / _NOTE).stat().st_mtime
        except FileNotFoundError:
            noted = folder.stat().st_mtime
        oldest = max(oldest, time.time() - noted)
    return oldest
