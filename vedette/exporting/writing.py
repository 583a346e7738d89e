"""Writes parts to a folder, a file or standard output.

A folder gets a file for each part and `export.json`, which says what it is and is written last.
A file appears under its name when it is whole.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vedette import __version__, clock
from vedette.exporting.formats import Format
from vedette.exporting.shapes import Part, Record
from vedette.issues.stored import blobs

MANIFEST = "export.json"
FILES = "files"
VERSION = 1
_BLOB = "blob"


def write_folder(
    folder: Path, parts: Sequence[Part], form: Format, about: dict[str, Any]
) -> dict[str, int]:
    """Write each part to its file; returns the number of records of each. Raises OSError.

    What an export before has left there says nothing of this one until it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / MANIFEST).unlink(missing_ok=True)
    counts: dict[str, int] = {}
    for part in parts:
        path = folder / f"{part.shape.name}{form.suffix}"
        counts[part.shape.name] = write_file(path, part, form, files=folder / FILES)
    made = {
        "format": "vedette-export",
        "version": VERSION,
        "files": form.name,
        "by": f"vedette {__version__}",
        "at": clock.now().isoformat(),
        **about,
        "counts": counts,
    }
    _replace(folder / MANIFEST, [json.dumps(made, indent=2).encode() + b"\n"])
    return counts


def write_file(path: Path, part: Part, form: Format, *, files: Path | None = None) -> int:
    """Write a part to a file; returns how many records there were. Raises OSError.

    What records name in their column `blob`, the files that came with events, goes into `files`.
    """
    portions = part.read()
    if files is not None and _BLOB in part.shape.columns:
        portions = _with_files(portions, files)
    counted = _Counted(portions)
    _replace(path, form.chunks(part.shape, counted, path.parent))
    return counted.records


def write_out(part: Part, form: Format) -> None:
    """Write a part to standard output."""
    for chunk in form.chunks(part.shape, part.read(), Path(tempfile.gettempdir())):
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


class _Counted:
    """Portions, and how many records they had by now."""

    def __init__(self, portions: Iterator[list[Record]]) -> None:
        self._portions = portions
        self.records = 0

    def __iter__(self) -> Iterator[list[Record]]:
        for portion in self._portions:
            self.records += len(portion)
            yield portion


def _with_files(portions: Iterator[list[Record]], folder: Path) -> Iterator[list[Record]]:
    """The portions, after what they name is in the folder under its name, the hash of it."""
    folder.mkdir(exist_ok=True, mode=0o700)
    for portion in portions:
        for name in {str(record[_BLOB]) for record in portion if record.get(_BLOB)}:
            path = folder / name
            data = None if path.exists() else blobs().get(name)
            if data is not None:
                _replace(path, [data])
        yield portion


def _replace(path: Path, chunks: Iterable[bytes]) -> None:
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
