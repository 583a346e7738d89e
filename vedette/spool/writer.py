"""The spool's writer: append-only segment files with one group commit for many requests.

A record is acknowledged only after `fdatasync`. One folder per writer process; every start
and every failed write opens a new segment: bytes that a reader may have seen are never
written over, and no position is used twice.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from vedette.claim import claim
from vedette.spool import segment
from vedette.spool.pieces import Buffer, joined, mapped, size_of, write

log = logging.getLogger("vedette.spool")

_GAP_BYTES = 1 << 30  # more than can be lost of a file's unsynced end when the power fails
MOST_SECONDS = 600.0  # that one segment is written, so that what was read of it can go
Waiter: TypeAlias = "Callable[[SpoolError | None], None]"
_sync = getattr(os, "fdatasync", os.fsync)


class SpoolError(OSError):
    """The record could not be written; it was not acknowledged."""


@dataclass(slots=True)
class _Batch:
    records: list[bytes | Path] = field(default_factory=list)  # meta, body, meta, body, …
    waiters: list[Waiter] = field(default_factory=list)


class SpoolWriter:
    """Owns one writer's folder; raises Claimed if another process does.

    `append` is for the event loop's thread only.
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int,
        notify: Path | None = None,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._folder = folder
        self.name = folder.name
        self._segment_bytes = segment_bytes
        self._most_seconds = most_seconds
        self._notify = notify
        self._bell: socket.socket | None = None
        self._batch = _Batch()
        self._flushing = False
        self._wake = threading.Event()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle: asyncio.Event | None = None
        self._handed = _Batch()
        self._file = -1
        self._thread = threading.Thread(target=self._run, name="spool-commit", daemon=True)
        folder.mkdir(parents=True, exist_ok=True)
        self._claim = claim(folder)
        self._mark = segment.new_mark()
        end = segment.end_position(folder)
        self.position = end + _GAP_BYTES if end or segment.find(folder) else 0
        self._segment_start = self.position
        self._open_segment()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the committing thread; acknowledgements are delivered on `loop`."""
        self._loop = loop
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread.start()

    async def append(self, meta: bytes, body: bytes | Path) -> None:
        """Write one record and return once it is on disk. Raises SpoolError if it is not.

        A large body may be given as the file that holds it.
        """
        assert self._loop is not None, "start() comes first"
        written: asyncio.Future[None] = self._loop.create_future()

        def note(error: SpoolError | None) -> None:
            if written.done():
                return  # nobody waits any more
            if error is None:
                written.set_result(None)
            else:
                written.set_exception(error)

        self.append_with(meta, body, note)
        await written

    def append_with(
        self, meta: bytes, body: bytes | Path, done: Callable[[SpoolError | None], None]
    ) -> None:
        """Write one record and call `done` once it is on disk, or with the error if it is not."""
        assert self._loop is not None, "start() comes first"
        self._batch.records += (meta, body)
        self._batch.waiters.append(done)
        if not self._flushing and len(self._batch.waiters) == 1:
            self._loop.call_soon(self._flush)

    @property
    def waiting(self) -> int:
        """Records that are not on disk yet."""
        return len(self._batch.waiters) + (len(self._handed.waiters) if self._flushing else 0)

    @property
    def promised(self) -> int:
        """The position after everything that was given here so far, on disk or not.

        It is never too low unless a write has failed.
        """
        waiting = [*self._batch.records, *(self._handed.records if self._flushing else ())]
        size = sum(len(one) if isinstance(one, bytes) else size_of(one) for one in waiting)
        return self.position + size + segment.HEADER_BYTES * (len(waiting) // 2)

    async def stop(self) -> None:
        """Commit what is waiting, then close."""
        while self._batch.waiters or self._flushing:
            assert self._idle is not None
            self._idle.clear()
            self._flush()
            await self._idle.wait()
        self._stopping = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join)
        self._close_segment()
        os.close(self._claim)

    def _flush(self) -> None:
        if self._flushing or not self._batch.waiters:
            return
        self._flushing = True
        self._handed, self._batch = self._batch, _Batch()
        self._wake.set()

    def _run(self) -> None:
        assert self._loop is not None
        while True:
            if not self._wake.wait(self._most_seconds):
                self._end_old_segment()
                continue
            self._wake.clear()
            if self._stopping:
                return
            batch = self._handed
            failures: dict[int, SpoolError] = {}
            error: SpoolError | None = None
            try:
                failures = self._commit(batch.records)
            except Exception as failure:  # whatever it is, the thread must go on for the others
                error = _refusal(failure)
            self._loop.call_soon_threadsafe(self._acknowledge, batch.waiters, failures, error)

    def _commit(self, records: list[bytes | Path]) -> dict[int, SpoolError]:
        """Put the records on disk; returns those whose own body could not be read, by place."""
        failures: dict[int, SpoolError] = {}
        with ExitStack() as files:
            pieces: list[Buffer] = []
            for place, (meta, body) in enumerate(zip(records[::2], records[1::2], strict=True)):
                assert isinstance(meta, bytes)
                try:
                    data = mapped(body, files) if isinstance(body, Path) else body
                except Exception as failure:
                    failures[place] = _refusal(failure)
                    continue
                pieces += (segment.pack(meta, data, self._mark), meta, data)
            if pieces:
                self._write_synced(pieces, sum(map(len, pieces)))
        return failures

    def _write_synced(self, pieces: list[Buffer], size: int) -> None:
        is_full = self.position - self._segment_start + size > self._segment_bytes
        is_over = is_full or time.monotonic() - self._opened >= self._most_seconds
        if self._file < 0 or (is_over and self.position > self._segment_start):
            self._begin_segment()
        try:
            for data in joined(pieces):
                write(self._file, data)
            _sync(self._file)
        except BaseException:
            self._leave_behind(size)
            raise
        self.position += size

    def _begin_segment(self) -> None:
        self._close_segment()
        self._segment_start = self.position
        self._open_segment()

    def _end_old_segment(self) -> None:
        """What was read of a segment can be deleted once it is no longer the last.

        It holds what was sent as it was sent, before scrubbing: that is not to wait for more.
        """
        is_old = time.monotonic() - self._opened >= self._most_seconds
        if is_old and self._file >= 0 and self.position > self._segment_start:
            try:
                self._begin_segment()
            except OSError as error:
                log.warning("the spool cannot begin a new file: %s", error)

    def _leave_behind(self, size: int) -> None:
        """After a failed write go on in a new segment: the reader may have seen these bytes."""
        try:
            self.position = self._segment_start + os.fstat(self._file).st_size
        except OSError:
            self.position += size  # no more can have been written
        self._close_segment()

    def _close_segment(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _acknowledge(
        self, waiters: list[Waiter], failures: dict[int, SpoolError], error: SpoolError | None
    ) -> None:
        self._flushing = False
        self._flush()
        for place, done in enumerate(waiters):
            try:
                done(error or failures.get(place))
            except Exception:
                log.exception("an answer could not be given")
        if error is None:
            self._ring()
        if not self._flushing and self._idle is not None:
            self._idle.set()

    def _ring(self) -> None:
        """Tell the worker that there is something to read; it also looks by itself."""
        if self._notify is None:
            return
        try:
            if self._bell is None:
                self._bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                self._bell.connect(str(self._notify))
            self._bell.send(b"!")
        except BlockingIOError:
            return  # the bell is already ringing
        except OSError:
            if self._bell is not None:
                self._bell.close()
            self._bell = None  # the worker is away: it reads the spool when it is back

    def _open_segment(self) -> None:
        self._opened = time.monotonic()
        self._file = os.open(
            segment.make(self._folder, self._segment_start, self._mark).path,
            os.O_WRONLY | os.O_CREAT | os.O_APPEND,
            0o600,
        )
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _refusal(failure: Exception) -> SpoolError:
    """What the sender is told, and the log if it is nothing that a disk does."""
    if isinstance(failure, OSError):
        return SpoolError(failure.errno, f"spool: {failure.strerror}")
    log.error("records could not be written", exc_info=failure)
    return SpoolError(None, f"spool: {type(failure).__name__}: {failure}")
