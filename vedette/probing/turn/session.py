"""One session with a server: requests with their answers, an allocation, a channel."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass

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
    encode_place,
    is_signed,
    long_term_key,
    new_transaction,
)
from vedette.probing.turn.wires import Wire

_FIRST_WAIT_SECONDS = 0.5  # before a datagram is sent again (RFC 8489 6.2.1); doubles each time
_UDP = b"\x11\0\0\0"
_CHANNEL = 0x4000
_MOST_WAITING = 32  # data that came before it was waited for
_STALE_NONCE = 438
_TOLD = frozenset({400, 401, 403, 437, 438, 441, 442, 486, 508})
CODES = frozenset(str(code) for code in _TOLD)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Long-term ones."""

    user: str
    password: str


class Session:
    """Methods raise Failed with the code of the server as reason."""

    def __init__(self, wire: Wire, credentials: Credentials) -> None:
        self._wire = wire
        self._credentials = credentials
        self._realm, self._nonce, self._key = b"", b"", b""
        self._data: list[bytes] = []
        self._may_be_allocated = False
        self.is_open_to_all = False

    async def allocate(self) -> Message:
        """An address of the relay. The first try learns realm and nonce (RFC 8489 9.2.3)."""
        asked: dict[int, bytes] = {Attribute.REQUESTED_TRANSPORT: _UDP}
        answer = await self._exchange(Method.ALLOCATE, asked)
        if answer.kind == Kind.SUCCESS:
            self.is_open_to_all = self._may_be_allocated = True
            return answer
        if answer.error[0] != 401 or Attribute.REALM not in answer.attributes:
            raise _failed(answer, "an address of the relay")
        self._learn(answer)
        self._may_be_allocated = True
        answer = await self._signed(Method.ALLOCATE, asked)
        if answer.kind != Kind.SUCCESS:
            self._may_be_allocated = False
            raise _failed(answer, "an address of the relay")
        return answer

    async def bind(self, peer: Place) -> None:
        """A channel to a peer, and with it the permission (RFC 8656 12)."""
        number = struct.pack("!HH", _CHANNEL, 0)
        answer = await self._signed(Method.CHANNEL_BIND, {Attribute.CHANNEL_NUMBER: number}, peer)
        if answer.kind != Kind.SUCCESS:
            raise _failed(answer, f"a channel to {peer[0]}")

    def send(self, data: bytes) -> None:
        """Data to the peer."""
        self._wire.send(struct.pack("!HH", _CHANNEL, len(data)) + data)

    async def receive(self) -> bytes:
        """Data from the peer."""
        while not self._data:
            self._take(await self._wire.receive())
        return self._data.pop(0)

    async def delete(self) -> None:
        """Give the address back (RFC 8656 3.2)."""
        answer = await self._signed(Method.REFRESH, {Attribute.LIFETIME: b"\0\0\0\0"})
        if answer.kind == Kind.SUCCESS or answer.error[0] == 437:
            self._may_be_allocated = False
        else:
            raise _failed(answer, "the end of the allocation")

    def abandon(self) -> None:
        """Give the address back without waiting for the answer, whatever has happened before."""
        if self._may_be_allocated:
            asked: dict[int, bytes] = {Attribute.LIFETIME: b"\0\0\0\0"}
            for _ in range(1 if self._wire.is_reliable else 2):
                self._wire.send(self._encode(Method.REFRESH, new_transaction(), asked, None))

    async def _signed(
        self, method: Method, asked: dict[int, bytes], peer: Place | None = None
    ) -> Message:
        answer = await self._exchange(method, asked, peer)
        if answer.error[0] == _STALE_NONCE:
            self._learn(answer)
            answer = await self._exchange(method, asked, peer)
        return answer

    def _learn(self, answer: Message) -> None:
        self._realm = answer.attributes.get(Attribute.REALM, self._realm)
        self._nonce = answer.attributes.get(Attribute.NONCE, self._nonce)
        user, password = self._credentials.user, self._credentials.password
        self._key = long_term_key(user, self._realm.decode("utf-8", "replace"), password)

    async def _exchange(
        self, method: Method, asked: dict[int, bytes], peer: Place | None = None
    ) -> Message:
        transaction = new_transaction()
        data = self._encode(method, transaction, asked, peer)
        wait = _FIRST_WAIT_SECONDS
        while True:
            self._wire.send(data)
            try:
                async with asyncio.timeout(None if self._wire.is_reliable else wait):
                    return await self._answer(transaction)
            except TimeoutError:
                wait *= 2

    def _encode(
        self,
        method: Method,
        transaction: bytes,
        asked: dict[int, bytes],
        peer: Place | None,
    ) -> bytes:
        attributes: dict[int, bytes] = dict(asked)
        if peer is not None:
            attributes[Attribute.XOR_PEER_ADDRESS] = encode_place(peer, transaction)
        if self._key:
            attributes[Attribute.USERNAME] = self._credentials.user.encode()
            attributes[Attribute.REALM] = self._realm
            attributes[Attribute.NONCE] = self._nonce
        return encode(Message(method, Kind.REQUEST, transaction, attributes), self._key)

    async def _answer(self, transaction: bytes) -> Message:
        """What answers this request; data that comes in between is kept."""
        while True:
            data = await self._wire.receive()
            message = self._take(data)
            if message is None or message.transaction != transaction:
                continue
            if self._key and message.kind == Kind.SUCCESS and not is_signed(data, self._key):
                raise Failed("protocol", "the answer is not signed with our credentials")
            return message

    def _take(self, data: bytes) -> Message | None:
        if len(data) >= 4 and data[0] & 0xC0 == 0x40:
            size = struct.unpack_from("!H", data, 2)[0]
            if len(self._data) < _MOST_WAITING:
                self._data.append(data[4 : 4 + size])
            return None
        try:
            return decode(data)
        except BadMessage as error:
            raise Failed("protocol", f"what came back is no answer: {error}") from None


def _failed(answer: Message, wanted: str) -> Failed:
    code, words = answer.error
    reason = str(code) if code in _TOLD else "refused"
    return Failed(reason, f"the server refuses {wanted}: {code} {words}".strip(), code=code)
