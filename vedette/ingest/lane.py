"""The slow lane: large bodies are opened by a process apart, one at a time.

So what a body inflates to is never in the door's memory, holds no lock of its interpreter,
and cannot take more time or memory than a process may. The owners of waiting bodies (their
keys) take turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from vedette.http.body import Body
from vedette.ingest.errors import Busy, IngestError
from vedette.ingest.lane_process import LENGTH, decode_outcome, encode_job
from vedette.ingest.opening import Failed, Job, Opened

log = logging.getLogger("vedette.ingest")

_JOB_SECONDS = 20.0
_IDLE_SECONDS = 60.0
_MOST_WAITING = 2048


@dataclass(slots=True)
class _Task:
    job: Job
    body: Body
    done: asyncio.Future[Opened]


class Lane:
    """Opens bodies apart; for the event loop's thread only."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[_Task]] = {}
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.waiting = 0
        self.opened = 0

    async def open(self, job: Job, body: Body, owner: str) -> Opened:
        """Open a body when it is its owner's turn. Raises IngestError."""
        if self.waiting >= _MOST_WAITING:
            raise Busy("too many large requests wait; send again in a moment", reason="inflight")
        task = _Task(job, body, asyncio.get_running_loop().create_future())
        self._queues.setdefault(owner, deque()).append(task)
        self.waiting += 1
        self._wake.set()
        if self._runner is None:
            self._runner = asyncio.create_task(self._work())
        return await task.done

    async def stop(self) -> None:
        """End the process; what still waits is cancelled."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        self._end_process()

    @property
    def pid(self) -> int | None:
        """The process at work, if there is one."""
        return self._process.pid if self._process is not None else None

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            for task in self._turns():
                if task.done.cancelled():
                    continue
                outcome = await self._open(task)
                if task.done.cancelled():
                    _forget(outcome)
                elif isinstance(outcome, Opened):
                    task.done.set_result(outcome)
                else:
                    task.done.set_exception(
                        IngestError(outcome.detail, reason=outcome.reason, status=outcome.status)
                    )
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                self._end_process()
                await self._wake.wait()

    def _turns(self) -> Iterator[_Task]:
        """The waiting tasks, one of each owner after the other."""
        while self._queues:
            for owner in list(self._queues):
                queue = self._queues[owner]
                task = queue.popleft()
                if not queue:
                    del self._queues[owner]
                self.waiting -= 1
                yield task

    async def _open(self, task: _Task) -> Opened | Failed:
        self.opened += 1
        try:
            async with asyncio.timeout(_JOB_SECONDS):
                return await self._ask(task)
        except TimeoutError:
            self._end_process()
            return Failed("the body takes too long to read", "too_large", 413)
        except (OSError, EOFError) as error:
            log.error("the process that opens large bodies has ended: %s", error)
            self._end_process()
            return Failed("the body cannot be read", "malformed", 400)

    async def _ask(self, task: _Task) -> Opened | Failed:
        if self._writer is None:
            await self._start_process()
        assert self._reader is not None
        assert self._writer is not None
        body = b"" if task.body.path is not None else task.body.in_memory
        frame = encode_job((task.job, body))
        self._writer.write(LENGTH.pack(len(frame)))
        self._writer.write(frame)
        await self._writer.drain()
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        outcome: Opened | Failed = decode_outcome(await self._reader.readexactly(length))
        return outcome

    async def _start_process(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.to_thread(_spawn, theirs)
        self._reader, self._writer = await asyncio.open_unix_connection(sock=ours)

    def _end_process(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._reader = self._writer = self._process = None


def _spawn(connection: socket.socket) -> subprocess.Popen[bytes]:
    # The threshold makes large allocations go back to the system when they are freed.
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": str(1 << 20)}
    return subprocess.Popen(
        [sys.executable, "-m", "vedette.ingest.lane_process"],
        stdin=connection.fileno(),
        env=environment,
        start_new_session=True,
    )


def _forget(outcome: Opened | Failed) -> None:
    """Remove the file of a result that nobody waits for any more."""
    if isinstance(outcome, Opened) and outcome.path:
        with contextlib.suppress(OSError):
            os.unlink(outcome.path)
