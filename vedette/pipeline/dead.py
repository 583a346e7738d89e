"""Records that could not be processed, set aside whole so that nothing is lost or blocked."""

from __future__ import annotations

import json
import os
import traceback
from pathlib import Path

from vedette.spool.segment import Record


class DeadLetters:
    """A folder with one file per record: its bytes, and beside it what went wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, writer: str, record: Record, error: Exception) -> Path:
        """Set a record aside durably; doing it twice is harmless."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{writer}-{record.start:020d}.envelope"
        with path.open("wb") as file:
            file.write(record.body)
            file.flush()
            os.fsync(file.fileno())
        note = {
            "meta": record.meta.hex(),
            "error": f"{type(error).__name__}: {error}"[:2000],
            "trace": "".join(traceback.format_exception(error))[-8000:],
        }
        path.with_suffix(".json").write_text(json.dumps(note, indent=1))
        return path

    def remove_before(self, moment: float) -> int:
        """Delete the records set aside before `moment` (seconds since 1970); returns how many."""
        removed = 0
        for path in list(self._folder.glob("*")):
            if path.stat().st_mtime < moment:
                path.unlink(missing_ok=True)
                removed += path.suffix == ".envelope"
        return removed

    def count(self) -> int:
        """How many records lie here."""
        return len(list(self._folder.glob("*.envelope"))) if self._folder.is_dir() else 0
