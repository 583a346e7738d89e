"""Which batch is at work, noted outside the process, so that a record that kills it is found.

The batch during which a process died is taken record by record by the next one; a record
that is at work in three deaths is the culprit. The note outlives the process, not the machine.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOTE = struct.Struct("<QQQ")  # start of what is at work, end of what is suspected, deaths
MOST_DEATHS = 3


class Attempts:
    """The note of one spool writer's reader; `applied` says how far all is well."""

    def __init__(self, folder: Path, applied: int) -> None:
        self._file = os.open(folder / "attempt", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        held = os.pread(self._file, _NOTE.size, 0)
        start, end, deaths = _NOTE.unpack(held) if len(held) == _NOTE.size else (0, 0, 0)
        if applied >= end:
            start = end = deaths = 0
        elif applied > start:
            start, deaths = applied, 0
        self._start: int = start
        self._end: int = end
        self._deaths: int = deaths

    def is_suspect(self, start: int) -> bool:
        """Whether the record at `start` was at work, maybe among others, when a process died."""
        return self._start <= start < self._end

    @property
    def suspected_from(self) -> int:
        """Where the suspected records begin: a batch that is read again ends before them."""
        return self._start

    @contextmanager
    def trying(self, start: int, end: int) -> Iterator[bool]:
        """Compute records from `start` to `end`; yields whether the one record is the culprit.

        An exception is no death: whoever can raise it can also deal with it. Committing what
        was computed is no longer part of it: another process does that.
        """
        if end <= self._start:  # read again; it killed nobody before
            yield False
            return
        deaths = self._deaths if start == self._start and self.is_suspect(start) else 0
        self._note(start, max(end, self._end) if self.is_suspect(start) else end, deaths + 1)
        try:
            yield deaths >= MOST_DEATHS
        except Exception:
            self._note(0, 0, 0)
            raise
        if end >= self._end or not self._end:
            self._start = self._end = self._deaths = 0
        else:
            self._start, self._deaths = end, 0
        self._note(self._start, self._end, self._deaths)

    def close(self) -> None:
        """Close the note's file."""
        os.close(self._file)

    def _note(self, start: int, end: int, deaths: int) -> None:
        os.pwrite(self._file, _NOTE.pack(start, end, deaths), 0)
