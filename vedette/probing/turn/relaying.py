"""What a probe has a relay do: take 32 bytes to a peer and back, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vedette.probing.place import shown
from vedette.probing.running import Failed, Run
from vedette.probing.turn.echoing import open_echo
from vedette.probing.turn.messages import Attribute, Message, Place
from vedette.probing.turn.session import Credentials, Session
from vedette.probing.turn.wires import Wire

_TRIES = 4
_TRY_SECONDS = 0.4
_SIZE = 32


async def relay(
    run: Run, wire: Wire, credentials: Credentials, peer: Place | None, server_port: int
) -> None:
    """The whole way. Raises Failed; the allocation is given back in every case."""
    session = Session(wire, credentials)
    data = os.urandom(_SIZE)
    try:
        with run.phase("allocate"):
            answer = await session.allocate()
        relayed = _told(run, answer, session)
        async with _peer(run, wire, peer, server_port, relayed, data) as place:
            with run.phase("bind"):
                await session.bind(place)
            with run.phase("relay"):
                await _round_trip(session, data)
        with run.phase("delete"):
            await session.delete()
    finally:
        session.abandon()


def _told(run: Run, answer: Message, session: Session) -> Place:
    relayed = answer.place(Attribute.XOR_RELAYED_ADDRESS)
    if relayed is None:
        raise Failed("protocol", "the answer names no address of the relay")
    run.facts["relayed"] = shown(*relayed)
    mapped = answer.place(Attribute.XOR_MAPPED_ADDRESS)
    if mapped is not None:
        run.facts["mapped"] = shown(*mapped)
    if answer.text(Attribute.SOFTWARE):
        run.facts["software"] = answer.text(Attribute.SOFTWARE)[:100]
    if session.is_open_to_all:
        run.facts["authentication"] = "none: anybody may relay"
    return relayed


@asynccontextmanager
async def _peer(
    run: Run, wire: Wire, peer: Place | None, server_port: int, relayed: Place, data: bytes
) -> AsyncIterator[Place]:
    """The peer that was named, or an echo of our own beside the wire."""
    if peer is not None:
        yield peer
        return
    echo = await open_echo(wire.local[0], data, run.around.allowed)
    try:
        with run.phase("echo"):
            place = await echo.place((run.facts["address"], server_port))
        echo.greet(relayed)
        yield place
    finally:
        echo.close()


async def _round_trip(session: Session, data: bytes) -> None:
    """Out and back; datagrams may be lost on the way."""
    for _ in range(_TRIES):
        session.send(data)
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                while await session.receive() != data:
                    pass
                return
        except TimeoutError:
            continue
    raise Failed("relay_timeout", f"{_SIZE} bytes did not come back through the relay")
