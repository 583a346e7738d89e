"""A conversation over one connection: lines or so many bytes, bounded, with TLS from the start or
in the middle. Closed in every case by `async with`.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

from vedette.probing.connecting import connect
from vedette.probing.running import Failed, Run
from vedette.probing.security import TlsSettings, connect_securely, secure

MOST_BYTES = 1 << 20
_LITTLE_BYTES = 4096  # may be two thousand frames, of which each costs as much as a large one


class Buffer(asyncio.Protocol):
    """Holds what came until it is read."""

    def __init__(self) -> None:
        self.held = bytearray()
        self.is_over = False
        self.error: Exception | None = None
        self._more: asyncio.Future[None] | None = None

    def data_received(self, data: bytes) -> None:
        """Bytes came; those beyond the bound end it."""
        if len(self.held) > MOST_BYTES:
            self.is_over = True
        else:
            self.held += data
        self._wake()

    def eof_received(self) -> None:
        """The other side says no more."""
        self.is_over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.is_over = True
        self.error = exc
        self._wake()

    async def more(self) -> None:
        """Wait until something happens."""
        self._more = asyncio.get_running_loop().create_future()
        await self._more

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)


class Talk:
    """One connection. Every method raises Failed where the other side has closed."""

    def __init__(self, run: Run, transport: asyncio.Transport, buffer: Buffer) -> None:
        self._run = run
        self._transport = transport
        self._buffer = buffer

    async def __aenter__(self) -> Talk:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._transport.abort()

    @property
    def local(self) -> tuple[str, int]:
        """Our own address and port."""
        name = self._transport.get_extra_info("sockname")
        return name[0], name[1]

    def say(self, data: bytes) -> None:
        """Send."""
        self._transport.write(data)

    async def line(self, most: int = 8192) -> bytes:
        """The next line without its end."""
        held = self._buffer.held
        while (end := held.find(b"\n")) < 0:
            if len(held) > most:
                raise Failed("protocol", "what came back has no end of a line")
            await self._wait()
        line = bytes(held[:end]).rstrip(b"\r")
        del held[: end + 1]
        return line

    async def exactly(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > MOST_BYTES:
            raise Failed("protocol", f"{size} bytes are more than a probe takes")
        while len(self._buffer.held) < size:
            await self._wait()
        data = bytes(self._buffer.held[:size])
        del self._buffer.held[:size]
        return data

    async def some(self) -> bytes:
        """What has come, at least one byte; nothing at the end."""
        return await self._some(MOST_BYTES)

    async def a_little(self) -> bytes:
        """The same, but so little that to read it holds nobody up: others have a turn before."""
        await asyncio.sleep(0)
        return await self._some(_LITTLE_BYTES)

    async def _some(self, most: int) -> bytes:
        held = self._buffer.held
        while not held and not self._buffer.is_over:
            await self._buffer.more()
        data = bytes(held[:most])
        del held[:most]
        return data

    async def start_tls(self, tls: TlsSettings, server_name: str) -> None:
        """Go on with TLS. What was sent before is not taken for what is protected."""
        if self._buffer.held:
            raise Failed("protocol", "something was sent in the open after TLS was agreed on")
        self._transport = await secure(self._run, self._transport, self._buffer, tls, server_name)

    async def _wait(self) -> None:
        if self._buffer.is_over:
            if self._buffer.error is not None:
                raise Failed("reset", f"the connection was closed: {self._buffer.error}")
            raise Failed("reset", "the connection was closed before all was said")
        await self._buffer.more()


async def talk(
    run: Run, host: str, port: int, tls: TlsSettings | None = None, server_name: str = ""
) -> Talk:
    """Connect, with TLS if there are settings of it. Raises Failed."""
    if tls is None:
        return Talk(run, *await connect(run, host, port, Buffer))
    made = await connect_securely(run, host, port, Buffer, tls, server_name)
    return Talk(run, *made)
