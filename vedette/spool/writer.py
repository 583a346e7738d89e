"""The spool's writer: append-only segment files with one group commit for many requests.

A record is acknowledged only after `fdatasync`. One folder per writer process; every start
and every failed write opens a new segment: bytes that a reader may have seen are never
written over, and no position is used twice.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from vedette.claim import claim
from vedette.spool import segment

_GAP_BYTES = 1 << 30  # more than can be lost of a file's unsynced end when the power fails
_sync = getattr(os, "fdatasync", os.fsync)


class SpoolError(OSError):
    """The spool could not be written; nothing of the batch was acknowledged."""


@dataclass(slots=True)
class _Batch:
    records: list[bytes] = field(default_factory=list)
    waiters: list[asyncio.Future[None]] = field(default_factory=list)


class SpoolWriter:
    """Owns one writer's folder; raises Claimed if another process does.

    `append` is for the event loop's thread only.
    """

    def __init__(self, folder: Path, *, segment_bytes: int, notify: Path | None = None) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
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
        self.position = segment.end_position(folder) + _GAP_BYTES if segment.find(folder) else 0
        self._segment_start = self.position
        self._open_segment()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the committing thread; acknowledgements are delivered on `loop`."""
        self._loop = loop
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread.start()

    async def append(self, meta: bytes, body: bytes) -> None:
        """Write one record and return once it is on disk. Raises SpoolError if it is not."""
        assert self._loop is not None, "start() comes first"
        waiter = self._loop.create_future()
        self._batch.records.append(segment.pack(meta, body, self._mark))
        self._batch.records.append(meta)
        self._batch.records.append(body)
        self._batch.waiters.append(waiter)
        if not self._flushing and len(self._batch.waiters) == 1:
            self._loop.call_soon(self._flush)
        await waiter

    @property
    def waiting(self) -> int:
        """Records that are not on disk yet."""
        return len(self._batch.waiters) + (len(self._handed.waiters) if self._flushing else 0)

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
            self._wake.wait()
            self._wake.clear()
            if self._stopping:
                return
            batch = self._handed
            error: OSError | None = None
            try:
                self._commit(batch.records)
            except OSError as failure:
                error = failure
            self._loop.call_soon_threadsafe(self._acknowledge, batch.waiters, error)

    def _commit(self, records: list[bytes]) -> None:
        data = b"".join(records)
        is_full = self.position - self._segment_start + len(data) > self._segment_bytes
        if self._file < 0 or (is_full and self.position > self._segment_start):
            self._close_segment()
            self._segment_start = self.position
            self._open_segment()
        try:
            written = 0
            while written < len(data):
                written += os.write(self._file, data[written:])
            _sync(self._file)
        except OSError:
            self._leave_behind()
            raise
        self.position += len(data)

    def _leave_behind(self) -> None:
        """After a failed write go on in a new segment: the reader may have seen these bytes."""
        self.position = self._segment_start + os.fstat(self._file).st_size
        self._close_segment()

    def _close_segment(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _acknowledge(self, waiters: list[asyncio.Future[None]], error: OSError | None) -> None:
        self._flushing = False
        self._flush()
        for waiter in waiters:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(SpoolError(error.errno, f"spool: {error.strerror}"))
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
        self._file = os.open(
            segment.make(self._folder, self._segment_start, self._mark).path,
            os.O_WRONLY | os.O_CREAT | os.O_APPEND,
            0o600,
        )
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class SpoolWriters:
    """One writer per digester; a record goes to the one with the fewest waiting."""

    def __init__(self, writers: Iterable[SpoolWriter]) -> None:
        self._writers = list(writers)
        self._turn = 0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start all; see `SpoolWriter.start`."""
        for writer in self._writers:
            writer.start(loop)

    async def append(self, meta: bytes, body: bytes) -> None:
        """Write one record to the least loaded; among equals they take turns."""
        await self._next().append(meta, body)

    async def stop(self) -> None:
        """Commit what is waiting, then close."""
        await asyncio.gather(*(writer.stop() for writer in self._writers))

    def _next(self) -> SpoolWriter:
        if len(self._writers) == 1:
            return self._writers[0]
        self._turn = (self._turn + 1) % len(self._writers)
        order = self._writers[self._turn :] + self._writers[: self._turn]
        return min(order, key=lambda writer: writer.waiting)
