"""A peer of our own for a relay: it says one thing again, and nothing else."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import cast

from vedette.outgoing.addresses import Network, is_allowed
from vedette.probing.turn.messages import (
    Attribute,
    BadMessage,
    Kind,
    Message,
    Method,
    Place,
    decode,
    encode,
    new_transaction,
)

_WAITS_SECONDS = (0.3, 0.5)


class Echo(asyncio.DatagramProtocol):
    """Sends `data` back to whoever sends it; whatever else comes is dropped."""

    def __init__(self, data: bytes, allowed: Sequence[Network]) -> None:
        self._data = data
        self._allowed = allowed
        self._transaction = new_transaction()
        self._seen: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Place) -> None:
        """What is to be said again, or where the server sees us."""
        if data == self._data:
            self._send(data, addr)
        elif not self._seen.done():
            self._note(data)

    def _note(self, data: bytes) -> None:
        try:
            answer = decode(data)
        except BadMessage:
            return
        place = answer.place(Attribute.XOR_MAPPED_ADDRESS)
        if answer.transaction == self._transaction and place is not None:
            self._seen.set_result(place)

    async def place(self, server: Place) -> Place:
        """Where others reach us: as the server sees us, or our own address if it does not say."""
        asked = encode(Message(Method.BINDING, Kind.REQUEST, self._transaction))
        for wait in _WAITS_SECONDS:
            self._transport.sendto(asked, server)
            await asyncio.wait([self._seen], timeout=wait)
            if self._seen.done():
                return self._seen.result()
        local = self._transport.get_extra_info("sockname")
        return local[0], local[1]

    def greet(self, relayed: Place) -> None:
        """Send the relay something, so that a NAT lets through what comes from there."""
        self._send(b"", relayed)

    def _send(self, data: bytes, place: Place) -> None:
        """Not to where the server alone says, unless that may be talked to."""
        if is_allowed(ipaddress.ip_address(place[0].partition("%")[0]), self._allowed):
            self._transport.sendto(data, place)

    def close(self) -> None:
        """Give the port back."""
        self._transport.abort()


async def open_echo(address: str, data: bytes, allowed: Sequence[Network]) -> Echo:
    """An echo at a free port of one of our addresses."""
    loop = asyncio.get_running_loop()
    _, echo = await loop.create_datagram_endpoint(
        lambda: Echo(data, allowed), local_addr=(address, 0)
    )
    return echo
