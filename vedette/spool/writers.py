"""Several spool writers, one for each digester."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from zlib import crc32

from vedette.spool.writer import SpoolError, SpoolWriter


class SpoolWriters:
    """One writer per digester; a record goes to the one with the fewest waiting.

    Those with the same `tie` go to the same one, which so takes them in order.
    """

    def __init__(self, writers: Iterable[SpoolWriter]) -> None:
        self._writers = list(writers)
        self._turn = 0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start all; see `SpoolWriter.start`."""
        for writer in self._writers:
            writer.start(loop)

    async def append(self, meta: bytes, body: bytes | Path, *, tie: str = "") -> None:
        """Write one record; see `SpoolWriter.append`."""
        await self._next(tie).append(meta, body)

    def append_with(
        self,
        meta: bytes,
        body: bytes | Path,
        done: Callable[[SpoolError | None], None],
        *,
        tie: str = "",
    ) -> None:
        """Write one record; see `SpoolWriter.append_with`."""
        self._next(tie).append_with(meta, body, done)

    async def stop(self) -> None:
        """Commit what is waiting, then close."""
        await asyncio.gather(*(writer.stop() for writer in self._writers))

    def promised(self) -> dict[str, int]:
        """By writer, the position after everything that was given here so far."""
        return {writer.name: writer.promised for writer in self._writers}

    def _next(self, tie: str) -> SpoolWriter:
        """That of the tie, or the one with the fewest waiting; among equals they take turns."""
        if len(self._writers) == 1:
            return self._writers[0]
        if tie:
            return self._writers[crc32(tie.encode()) % len(self._writers)]
        self._turn = (self._turn + 1) % len(self._writers)
        order = self._writers[self._turn :] + self._writers[: self._turn]
        return min(order, key=lambda writer: writer.waiting)
