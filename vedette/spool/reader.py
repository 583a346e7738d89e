"""The spool's reader: records in order from a position, for the pipeline.

It never writes. A damaged record is stepped over and reported; a record that is still being
written is waited for. Consumed segments are removed only when the caller says so.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import NamedTuple

from vedette.claim import Claimed, claim
from vedette.spool import segment

log = logging.getLogger("vedette.spool")

_READ_BYTES = 1 << 20


class Damage(NamedTuple):
    """Bytes of the spool that are no record: where and how many."""

    start: int
    size_bytes: int


def remove_before(folder: Path, position: int) -> None:
    """Delete the segments that end at or before `position`; the last one always stays."""
    for held in segment.find(folder)[:-1]:
        if held.end <= position:
            held.path.unlink(missing_ok=True)


def empty(folder: Path, position: int) -> bool:
    """Delete all segments of a folder that nobody writes, if all end at or before `position`.

    The folder notes where it ended, so that no position is ever used twice. False if somebody
    writes it, or needs a segment.
    """
    found = segment.find(folder)
    if not found or found[-1].end > position:
        return False
    try:
        handle = claim(folder)
    except Claimed:
        return False
    try:
        segment.note_floor(folder, found[-1].end)
        for held in found:
            held.path.unlink(missing_ok=True)
    finally:
        os.close(handle)
    return True


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
            held, is_last = self._segment()
            if held is None:
                break
            data = self._load(held)
            if not data:
                if is_last:
                    break
                self._go_on(held)
                continue
            found = False
            for record in segment.scan(data, self.position, held.mark):
                found = True
                records.append(record)
                self.position = record.end
                size += len(record.body)
                if len(records) >= most_records or size >= most_bytes:
                    break
            if not found and not self._step_over(held, is_last):
                break
        return records

    def _segment(self) -> tuple[segment.Segment | None, bool]:
        """The segment that holds the position, and whether it is the one being written.

        Looked up before its bytes are read: what is not the last one then is complete.
        """
        found = segment.find(self.folder)
        if not found:
            return None, True
        holding = [held for held in found if held.start <= self.position]
        if not holding:
            self.position = found[0].start
            holding = found[:1]
        return holding[-1], holding[-1] is found[-1]

    def _go_on(self, held: segment.Segment) -> None:
        """Move to the segment after `held`; between two starts of the writer lies a gap."""
        self.position = min(
            other.start for other in segment.find(self.folder) if other.start > held.start
        )

    def _load(self, held: segment.Segment) -> bytes:
        """Bytes from the position on: a chunk, or the whole of one larger record."""
        with held.path.open("rb") as file:
            file.seek(self.position - held.start)
            data = file.read(_READ_BYTES)
            wanted = segment.next_length(data, held.mark)
            if wanted is not None and wanted > len(data):
                data += file.read(wanted - len(data))
        return data

    def _step_over(self, held: segment.Segment, is_last: bool) -> bool:
        """Pass damaged bytes; False if they may only be a record that is still being written."""
        with held.path.open("rb") as file:
            file.seek(self.position - held.start)
            rest = file.read()
        offset = segment.resync(rest, held.mark)
        if offset == 0:
            return True  # it has become whole since
        if offset is None and is_last:
            return False
        start = self.position
        if offset is None:
            offset = len(rest)
            self._go_on(held)
        else:
            self.position = start + offset
        log.error("spool %s: %d damaged bytes at %d", self.folder.name, offset, start)
        self.damages.append(Damage(start, offset))
        return True
