"""How much of the spool is not consumed yet, readable by every process.

The pipeline notes its position in a small file beside the segments. The note is a hint for
back-pressure and health only; the truth is the position in the metadata.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from vedette.spool import segment
from vedette.spool.meta import decode_meta

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
    try:
        with os.scandir(spool_folder) as entries:
            return sorted(Path(entry) for entry in entries if entry.is_dir())
    except FileNotFoundError:
        return []


def folder_bytes(folder: Path) -> int:
    """Bytes of one writer that are not consumed yet."""
    position = consumed(folder)
    found = segment.find(folder)
    return sum(max(0, held.end - max(position, held.start)) for held in found)


def total_bytes(spool_folder: Path) -> int:
    """Bytes of all writers that are not consumed yet."""
    return sum(folder_bytes(folder) for folder in writers(spool_folder))


def age_seconds(spool_folder: Path) -> float:
    """How long the oldest unconsumed record has waited since it came; 0 without a backlog."""
    ages = [_waited(folder) for folder in writers(spool_folder)]
    return max(ages, default=0.0)


def stalled_seconds(spool_folder: Path) -> float:
    """How long something has waited without any of its writer's records being consumed."""
    ages = [min(_waited(folder), _since_note(folder)) for folder in writers(spool_folder)]
    return max(ages, default=0.0)


def _waited(folder: Path) -> float:
    position = consumed(folder)
    for held in segment.find(folder):
        try:
            if held.end <= position:
                continue
            with held.path.open("rb") as file:
                file.seek(max(position - held.start, 0))
                meta = segment.first_meta(file, held.mark)
        except FileNotFoundError:  # consumed and removed meanwhile
            continue
        if meta is None:  # the half-written end of a process that was killed
            continue
        try:
            return max(time.time() - decode_meta(meta).received, 0.0)
        except msgspec.MsgspecError:
            return _since_note(folder)
    return 0.0


def _since_note(folder: Path) -> float:
    try:
        noted = (folder / _NOTE).stat().st_mtime
    except FileNotFoundError:
        noted = folder.stat().st_mtime
    return max(time.time() - noted, 0.0)
