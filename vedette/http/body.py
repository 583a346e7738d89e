"""A request's body: bounded, paced, and in a file instead of memory once it is large."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from vedette.http.asgi import Receive

SPILL_BYTES = 1 << 20
_PIECE_BYTES = 1 << 18
_LEAST_BYTES_PER_SECOND = 16 << 10


class Disconnected(Exception):
    """The client went away before its body was whole."""


class BodyTooLarge(Exception):
    """The body exceeds its bound."""


class BodyTooSlow(Exception):
    """The body came more slowly than the least rate allows."""


class Body:
    """Bytes of any size: in memory up to SPILL_BYTES, beyond in a file of `folder`.

    Whoever makes one closes it; that removes the file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[bytes] = []
        self._handle = -1
        self.path: Path | None = None
        self.size = 0

    @classmethod
    def of_file(cls, path: str) -> Body:
        """A file that is there already; `close` removes it."""
        body = cls(Path(path).parent)
        body.path = Path(path)
        body.size = body.path.stat().st_size
        return body

    @property
    def in_memory(self) -> bytes:
        """The whole body; only for one that has no `path`."""
        assert self.path is None, "a large body lies in its file"
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    @property
    def memory_bytes(self) -> int:
        """How much of it is in memory."""
        return sum(map(len, self._parts))

    @property
    def disk_bytes(self) -> int:
        """How much of it lies in its file."""
        return self.size - self.memory_bytes if self.path is not None else 0

    async def add(self, chunk: bytes) -> None:
        """Append a chunk; a file is written to in a thread, so that a slow disk stops nobody."""
        self.size += len(chunk)
        self._parts.append(chunk)
        if self.size > SPILL_BYTES and self.memory_bytes >= _PIECE_BYTES:
            await self._spill()

    async def end(self) -> None:
        """No more chunks will come."""
        if self.path is not None and self._parts:
            await self._spill()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes in order, in pieces."""
        if self.path is None:
            yield self.in_memory
            return
        offset = 0
        while offset < self.size:
            piece = await asyncio.to_thread(os.pread, self._handle, _PIECE_BYTES, offset)
            offset += len(piece)
            yield piece

    def close(self) -> None:
        """Forget the bytes and remove the file."""
        self._parts = []
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    async def _spill(self) -> None:
        parts, self._parts = self._parts, []
        if self.path is None:
            self._handle, name = tempfile.mkstemp(dir=self._folder, suffix=".body")
            self.path = Path(name)
        await asyncio.to_thread(_write, self._handle, b"".join(parts))


class BodyReader:
    """Reads a request's body into `body`, in one go or in two.

    It may take `grace_seconds` and beyond that as long as _LEAST_BYTES_PER_SECOND allows for
    what has come. `on_growth` hears of each chunk that was kept, and may raise.
    """

    def __init__(
        self,
        receive: Receive,
        body: Body,
        *,
        most_bytes: int,
        grace_seconds: float,
        on_growth: Callable[[Body], None],
    ) -> None:
        self._receive = receive
        self._body = body
        self._most_bytes = most_bytes
        self._grace_seconds = grace_seconds
        self._on_growth = on_growth
        self._started = asyncio.get_running_loop().time()
        self._is_whole = False

    async def read(self, *, enough: int = 0) -> None:
        """Read until the body is whole, or holds `enough` bytes if that is given.

        Raises BodyTooLarge, BodyTooSlow or Disconnected.
        """
        try:
            async with asyncio.timeout_at(self._deadline()) as limit:
                while not self._is_whole and not (enough and self._body.size >= enough):
                    await self._take(await self._receive())
                    limit.reschedule(self._deadline())
        except TimeoutError:
            raise BodyTooSlow from None
        if self._is_whole:
            await self._body.end()

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        if chunk:
            if self._body.size + len(chunk) > self._most_bytes:
                raise BodyTooLarge
            await self._body.add(chunk)
            self._on_growth(self._body)
        self._is_whole = not message.get("more_body", False)

    def _deadline(self) -> float:
        allowed = self._grace_seconds + self._body.size / _LEAST_BYTES_PER_SECOND
        return self._started + allowed


def clean(folder: Path) -> None:
    """Make the folder for large bodies and remove what a sudden end has left there."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.body"):
        path.unlink(missing_ok=True)


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
