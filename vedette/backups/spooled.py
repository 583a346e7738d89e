"""What a backup takes of the spool: the records that were not digested yet, and where it stands.

A segment is named by the position of its first byte, so a part of one is a segment, too: what
was digested is not kept a second time. A writer's `floor` sees that no position is used twice.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from vedette.spool import backlog, segment

_FLOOR: Final = "floor"
_IDENTITY: Final = "identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file to be kept: `size` bytes of a file from `start` on, or `content`."""

    path: str
    source: Path | None = None
    start: int = 0
    size: int = 0
    content: bytes = b""

    def open(self) -> BinaryIO:
        """Its bytes, from the first."""
        if self.source is None:
            return io.BytesIO(self.content)
        file = self.source.open("rb")
        file.seek(self.start)
        return file


def link(spool_folder: Path, staging: Path) -> None:
    """Take hold of all segments as they are, whatever is deleted meanwhile. Raises OSError."""
    staging.mkdir()
    identity = spool_folder / _IDENTITY
    if identity.exists():
        shutil.copyfile(identity, staging / _IDENTITY)
    for folder in backlog.writers(spool_folder):
        target = staging / folder.name
        target.mkdir()
        for held in segment.find(folder):
            link_or_copy(held.path, target / held.path.name)
        if (folder / _FLOOR).exists():
            shutil.copyfile(folder / _FLOOR, target / _FLOOR)


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where there are none; nothing if it is gone."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        return
    except OSError:
        shutil.copy2(source, target)


def starts(staging: Path, applied: Mapping[str, int], safe: Mapping[str, int]) -> dict[str, int]:
    """Where each writer's records begin that metadata or store do not have."""
    identity = staging / _IDENTITY
    mark = f"@{identity.read_text().strip()}" if identity.exists() else ""
    return {
        folder.name: min(applied.get(f"{folder.name}{mark}", 0), safe.get(folder.name, 0))
        for folder in backlog.writers(staging)
    }


def parts(staging: Path, begin: Mapping[str, int]) -> Iterator[Part]:
    """What is to be kept of what was taken hold of."""
    if (staging / _IDENTITY).exists():
        yield _small(_IDENTITY, (staging / _IDENTITY).read_bytes())
    for folder in backlog.writers(staging):
        start, end = begin[folder.name], segment.end_position(folder)
        if not end:
            yield _small(f"{folder.name}/consumed", str(start).encode())
            continue
        for held in segment.find(folder):
            first, last = max(start, held.start), _whole_end(held)
            if first < last:
                cut = segment.make(Path(folder.name), first, held.mark)
                yield Part(
                    path=f"spool/{cut.path.as_posix()}",
                    source=held.path,
                    start=first - held.start,
                    size=last - first,
                )
        yield _small(f"{folder.name}/{_FLOOR}", str(end).encode())
        yield _small(f"{folder.name}/consumed", str(start).encode())


def _small(name: str, content: bytes) -> Part:
    return Part(path=f"spool/{name}", content=content, size=len(content))


def _whole_end(held: segment.Segment) -> int:
    """Where the last whole record ends; what is being written there is nobody's yet.

    A record that is damaged in the middle is no end: the reader steps over it.
    """
    size, position = held.end, held.start
    with held.path.open("rb") as file:
        while place := segment.place_at(file, held, position, is_checked=False):
            position = place.end
        if position < size:
            file.seek(position - held.start)
            if segment.resync(file.read(), held.mark) is not None:
                return size
    return position
