"""Datagrams to and from one judged address. Closed in every case by `async with`."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import cast

from vedette.probing.connecting import judged_addresses
from vedette.probing.running import Failed, Run

_MOST_WAITING = 256


class Datagrams(asyncio.DatagramProtocol):
    """What came, in its order; what nobody reads is dropped."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[bytes | Exception] = asyncio.Queue(_MOST_WAITING)
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Datagrams:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def local(self) -> tuple[str, int]:
        """Our own address and port."""
        assert self._transport is not None
        name = self._transport.get_extra_info("sockname")
        return name[0], name[1]

    def close(self) -> None:
        """Give the port back."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """One came."""
        self._keep(data)

    def error_received(self, exc: Exception) -> None:
        """The system says that nobody is there."""
        self._keep(exc)

    def send(self, data: bytes) -> None:
        """Send one."""
        assert self._transport is not None
        self._transport.sendto(data)

    async def receive(self, seconds: float | None = None) -> bytes:
        """The next one. Raises Failed where nobody listens, TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            found = await self._came.get()
        if isinstance(found, Exception):
            raise Failed("connect", "nobody listens at that port")
        return found

    def _keep(self, found: bytes | Exception) -> None:
        if not self._came.full():
            self._came.put_nowait(found)


async def open_datagrams(run: Run, host: str, port: int) -> Datagrams:
    """A port of our own that talks with the first address of a host. Raises Failed."""
    address = (await judged_addresses(run, host))[0]
    return await open_to(run, address, port)


async def open_to(run: Run, address: str, port: int) -> Datagrams:
    """The same with an address that was judged."""
    loop = asyncio.get_running_loop()
    _, made = await loop.create_datagram_endpoint(Datagrams, remote_addr=(address, port))
    run.facts["address"] = address
    return made
