"""The question of STUN: from which address do you see me?"""

from __future__ import annotations

import asyncio

from vedette.probing.running import Failed
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
from vedette.probing.turn.wires import Wire

WAITS_SECONDS = (0.5, 1.0, 1.5)


async def bind(wire: Wire, waits: tuple[float, ...] = WAITS_SECONDS) -> tuple[Place, Message]:
    """The address that the server sees, asked for so often. Raises Failed."""
    transaction = new_transaction()
    data = encode(Message(Method.BINDING, Kind.REQUEST, transaction))
    for tried, wait in enumerate(waits):
        if not (tried and wire.is_reliable):
            wire.send(data)
        try:
            async with asyncio.timeout(wait):
                return _read(await wire.receive(), transaction)
        except TimeoutError:
            continue
    raise Failed("timeout", f"{len(waits)} questions were not answered")


def _read(data: bytes, transaction: bytes) -> tuple[Place, Message]:
    try:
        answer = decode(data)
    except BadMessage as error:
        raise Failed("protocol", f"what came back is no answer: {error}") from None
    if answer.transaction != transaction:
        raise Failed("bad_transaction", "what came back answers another question")
    if answer.kind != Kind.SUCCESS:
        code, words = answer.error
        raise Failed("refused", f"the server refuses: {code} {words}", code=code)
    for attribute in (Attribute.XOR_MAPPED_ADDRESS, Attribute.MAPPED_ADDRESS):
        place = answer.place(attribute)
        if place is not None:
            return place, answer
    raise Failed("protocol", "the answer names no address")
