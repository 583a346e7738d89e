"""How messages travel: as datagrams, or one behind the other on a connection (RFC 8656 3.1)."""

from __future__ import annotations

import struct
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol

from vedette.probing.datagrams import Datagrams, open_datagrams
from vedette.probing.running import Failed, Run
from vedette.probing.security import TlsSettings
from vedette.probing.talk import Talk, talk
from vedette.probing.turn.messages import Place

TRANSPORTS = ("udp", "tcp", "tls")


class Wire(Protocol):
    """Sends and receives whole messages."""

    is_reliable: bool

    @property
    def local(self) -> Place:
        """Our own end of it."""

    def send(self, data: bytes) -> None:
        """Send one."""

    async def receive(self) -> bytes:
        """The next one. Raises Failed."""


class DatagramWire:
    """A message is a datagram, and may be lost."""

    is_reliable = False

    def __init__(self, held: Datagrams) -> None:
        self._held = held

    @property
    def local(self) -> Place:
        """See Wire."""
        return self._held.local

    def send(self, data: bytes) -> None:
        """See Wire."""
        self._held.send(data)

    async def receive(self) -> bytes:
        """See Wire."""
        return await self._held.receive()


class StreamWire:
    """A message says its length; data of channels is padded."""

    is_reliable = True

    def __init__(self, held: Talk) -> None:
        self._held = held

    @property
    def local(self) -> Place:
        """See Wire."""
        return self._held.local

    def send(self, data: bytes) -> None:
        """See Wire."""
        self._held.say(data + b"\0" * (-len(data) % 4))

    async def receive(self) -> bytes:
        """See Wire."""
        head = await self._held.exactly(4)
        size = struct.unpack("!H", head[2:])[0]
        if head[0] & 0xC0 == 0x40:
            return head + (await self._held.exactly(size + -size % 4))[:size]
        if head[0] & 0xC0:
            raise Failed("protocol", "what came back is neither STUN nor TURN")
        return head + await self._held.exactly(16 + size)


class open_wire(AbstractAsyncContextManager[Wire]):  # noqa: N801 - reads as a function
    """`async with open_wire(…) as wire`: a wire to the server, closed at the end."""

    def __init__(
        self, run: Run, transport: str, host: str, port: int, tls: TlsSettings, name: str
    ) -> None:
        self._run, self._transport = run, transport
        self._host, self._port, self._tls, self._name = host, port, tls, name
        self._held: Datagrams | Talk

    async def __aenter__(self) -> Wire:
        if self._transport == "udp":
            datagrams = await open_datagrams(self._run, self._host, self._port)
            self._held = datagrams
            return DatagramWire(datagrams)
        tls = self._tls if self._transport == "tls" else None
        stream = await talk(self._run, self._host, self._port, tls, self._name)
        self._held = stream
        return StreamWire(stream)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._held.__aexit__(kind, error, traceback)
