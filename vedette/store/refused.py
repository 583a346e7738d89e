"""Rows that a day file refuses for good: set aside one by one, never lost and never in the way.

They lie in the folder `set aside` of the store, one JSON object per line, binary values in
base64, so that a person can look at them and put them in again.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import msgspec

log = logging.getLogger("vedette.store")

_FOLDER = "set aside"


class Refused:
    """The folder, and how many rows were set aside since the start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self.count = 0

    def put(self, table: str, file: str, arrow: Any, error: Exception) -> None:
        """Set the rows of an Arrow table aside; lasting when it returns. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{file}-{time.time_ns()}.jsonl"
        columns = {name: arrow.column(name).to_pylist() for name in arrow.column_names}
        with path.open("wb") as target:
            for place in range(arrow.num_rows):
                row = {name: values[place] for name, values in columns.items()}
                record = {"table": table, "error": str(error), "row": row}
                target.write(msgspec.json.encode(record) + b"\n")
            target.flush()
            os.fsync(target.fileno())
        self.count += arrow.num_rows
        log.error("%d row of %s is refused and lies in %s: %s", self.count, table, path, error)
