"""Which requests of a shelf are done: a position before which all are, and the others by name.

A request that is done is noted at once, so that a kill costs at most those that are under way;
a loss of power, or a full disk, may cost more of the notes, and then what is sent again bears its
old name. No note raises OSError: on a full disk what is done must go all the same to make room.
"""

from __future__ import annotations

import logging
import os
import struct
from pathlib import Path

from vedette.spool import backlog

log = logging.getLogger("vedette.relay")

_NUMBER = struct.Struct("<Q")
_MANY = 4096
_NAME = "done"


class Progress:
    """The notes of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _NAME
        self.before = backlog.consumed(folder)
        self.done = self._read()
        self._written = len(self.done)
        self._noted = self.before
        self._is_behind = False
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, start: int) -> None:
        """The request that begins here is done."""
        self.done.add(start)
        self._written += 1
        if self._is_behind:
            return
        try:
            if os.write(self._file, _NUMBER.pack(start)) < _NUMBER.size:
                raise OSError("the disk is full")
        except OSError as error:
            self._is_behind = True
            log.error("what is done cannot be noted; it is tried again: %s", error)

    def pass_to(self, before: int) -> None:
        """All requests before this position are done. Notes that are missing are made up for."""
        if before > self.before:
            self.before = before
            self.done = {start for start in self.done if start >= before}
        try:
            self._catch_up()
        except OSError as error:
            log.error("what is done cannot be noted; it is tried again: %s", error)

    def _catch_up(self) -> None:
        if self._noted < self.before:
            backlog.note(self._folder, self.before)
            self._noted = self.before
        is_long = self._written > _MANY and len(self.done) < self._written // 2
        if is_long or self._is_behind:
            self._write_anew()

    def close(self) -> None:
        """Note no more."""
        os.close(self._file)

    def _read(self) -> set[int]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return set()
        whole = len(data) // _NUMBER.size * _NUMBER.size
        if whole < len(data):
            os.truncate(self._path, whole)  # the end was cut off by a loss of power
        return {start for (start,) in _NUMBER.iter_unpack(data[:whole]) if start >= self.before}

    def _write_anew(self) -> None:
        temporary = self._folder / (_NAME + ".new")
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            data = b"".join(map(_NUMBER.pack, sorted(self.done)))
            if os.write(file, data) < len(data):
                raise OSError("the disk is full")
            os.fsync(file)
            os.replace(temporary, self._path)
        except OSError:
            os.close(file)
            raise
        os.close(self._file)
        self._file, self._written, self._is_behind = file, len(self.done), False
