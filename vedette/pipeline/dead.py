"""Records that could not be processed, set aside whole so that nothing is lost or blocked.

They hold what was not scrubbed yet, so they are sealed; the note beside each says what went
wrong without the data. Retention lets them go like everything else.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from vedette.sealing.sealer import CannotOpen, Sealer
from vedette.spool.segment import Record

log = logging.getLogger("vedette.pipeline")

MOST = 10_000  # whoever can make them must not fill the disk with them


class DeadRecord(msgspec.Struct, array_like=True):
    """What is sealed: the record as it was spooled, and the error in its own words."""

    meta: bytes
    body: bytes
    error: str


class DeadLetters:
    """A folder with one sealed file per record, and beside it what went wrong."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder = folder
        self._sealer = sealer
        self._counted = (-1, 0)

    def put(self, writer: str, record: Record, error: Exception) -> Path:
        """Set a record aside durably; doing it twice is harmless. With MOST of them it is lost."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = zlib.crc32(record.body)  # an envelope may have several such items
        path = self._folder / f"{writer}-{record.start:020d}-{mark:08x}.sealed"
        if self.count() >= MOST and not path.exists():
            return path
        held = DeadRecord(record.meta, record.body, f"{type(error).__name__}: {error}"[:2000])
        note: dict[str, Any] = {
            "error": type(error).__name__,
            "size_bytes": len(record.body),
            "trace": "".join(traceback.format_tb(error.__traceback__))[-8000:],
        }
        _write(path, self._sealer.seal(msgspec.msgpack.encode(held)))
        _write(path.with_suffix(".json"), json.dumps(note, indent=1).encode())
        return path

    def records(self) -> Iterator[tuple[Path, DeadRecord]]:
        """Every record, oldest first, but for those whose key is gone: nobody can read them."""
        for path in self._paths():
            try:
                sealed = self._sealer.open(path.read_bytes())
            except (CannotOpen, FileNotFoundError) as error:
                log.warning("%s is passed over: %s", path.name, error)
                continue
            yield path, msgspec.msgpack.decode(sealed, type=DeadRecord)

    def remove(self, path: Path) -> None:
        """Forget a record that was processed after all."""
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)

    def remove_before(self, moment: float) -> int:
        """Delete the records set aside before `moment` (seconds since 1970); returns how many."""
        old = [path for path in self._paths() if path.stat().st_mtime < moment]
        for path in old:
            self.remove(path)
        return len(old)

    def seal_anew(self) -> tuple[int, int]:
        """Seal every record under the newest key; returns how many, and how many were left as they
        are, since their key is gone."""
        count = lost = 0
        for path in self._paths():
            try:
                _write(path, self._sealer.seal_anew(path.read_bytes()))
                count += 1
            except CannotOpen:
                lost += 1
        return count, lost

    def count(self) -> int:
        """How many records lie here; the folder is only listed when it has changed."""
        try:
            changed = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return 0
        if self._counted[0] != changed:
            with os.scandir(self._folder) as entries:
                number = sum(entry.name.endswith(".sealed") for entry in entries)
            self._counted = (changed, number)
        return self._counted[1]

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.sealed")) if self._folder.is_dir() else []


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, on disk when it returns, readable by its owner only."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
