"""The spool's reader: records in order from a position, for the pipeline.

It never writes. A damaged record is stepped over and reported; a record that is still being
written is waited for. Consumed segments are removed only when the caller says so.
"""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from vedette.spool import segment

log = logging.getLogger("vedette.spool")

_READ_BYTES = 1 << 20


class Damage(NamedTuple):
    """Bytes of the spool that are no record: where and how many."""

    start: int
    size_bytes: int


class SpoolReader:
    """Reads one writer's folder. Not thread-safe."""

    def __init__(self, folder: Path, position: int) -> None:
        self.folder = folder
        self.position = position
        self.damages: list[Damage] = []

    def read(self, most_records: int, most_bytes: int) -> list[segment.Record]:
        """The next records, at least one if there is a whole one; [] when there is none yet."""
        records: list[segment.Record] = []
        size = 0
        while len(records) < most_records and size < most_bytes:
            data, start = self._load()
            if not data:
                break
            found = False
            for record in segment.scan(data, start):
                found = True
                records.append(record)
                self.position = record.end
                size += len(record.body)
                if len(records) >= most_records or size >= most_bytes:
                    break
            if not found and not self._step_over(data, start):
                break
        return records

    def remove_before(self, position: int) -> None:
        """Delete the segments that end at or before `position`; the last one always stays."""
        found = segment.starts(self.folder)
        for start, following in pairwise(found):
            if following <= position:
                segment.path(self.folder, start).unlink(missing_ok=True)

    def backlog_bytes(self) -> int:
        """Bytes written and not yet read."""
        return max(0, segment.end_position(self.folder) - self.position)

    def _load(self) -> tuple[bytes, int]:
        """Bytes from the position on: a chunk, or the whole of one larger record."""
        found = segment.starts(self.folder)
        holding = [start for start in found if start <= self.position]
        if not holding:
            if not found:
                return b"", self.position
            self.position = found[0]
            holding = found[:1]
        start = holding[-1]
        with segment.path(self.folder, start).open("rb") as file:
            file.seek(self.position - start)
            data = file.read(_READ_BYTES)
            wanted = segment.next_length(data)
            if wanted is not None and wanted > len(data):
                data += file.read(wanted - len(data))
        return data, self.position

    def _step_over(self, data: bytes, start: int) -> bool:
        """Pass damaged bytes; False if they may only be a record that is still being written."""
        later = [found for found in segment.starts(self.folder) if found > start]
        whole = self._segment_rest()
        offset = segment.resync(whole, 0)
        if offset is not None:
            end = start + offset
        elif later:
            end = later[0]
        else:
            return False
        log.error("spool %s: %d damaged bytes at %d", self.folder.name, end - start, start)
        self.damages.append(Damage(start, end - start))
        self.position = end
        return True

    def _segment_rest(self) -> bytes:
        start = max(found for found in segment.starts(self.folder) if found <= self.position)
        with segment.path(self.folder, start).open("rb") as file:
            file.seek(self.position - start)
            return file.read()
