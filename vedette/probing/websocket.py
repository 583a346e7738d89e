"""A WebSocket of a probe: the protocol is that of `websockets`, the connection a judged one."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from vedette import __version__
from vedette.probing.http1.address import Address
from vedette.probing.result import MOST_EVIDENCE_BYTES
from vedette.probing.running import Failed, Run
from vedette.probing.talk import Talk

if TYPE_CHECKING:
    from websockets.client import ClientProtocol

MOST_MESSAGE_BYTES = 1 << 20
_MOST_BYTES = 8 << 20  # in one conversation
_MOST_FRAMES = 10_000
_PONG_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
_LEFT_SECONDS = 0.1  # of the deadline, to say what did not come


class Socket:
    """One WebSocket on a connection that is open. Methods raise Failed."""

    def __init__(self, run: Run, held: Talk) -> None:
        self._run = run
        self._held = held
        self._messages: list[bytes] = []
        self._parts: list[bytes] = []
        self._pongs: list[bytes] = []
        self._bytes = self._frames = 0
        self._protocol: ClientProtocol

    async def upgrade(
        self,
        address: Address,
        headers: tuple[tuple[str, str], ...],
        origin: str,
        subprotocols: tuple[str, ...],
    ) -> None:
        """The handshake (RFC 6455 4.1)."""
        from websockets.client import ClientProtocol
        from websockets.typing import Origin, Subprotocol
        from websockets.uri import WebSocketURI

        path, _, query = address.target.partition("?")
        self._protocol = ClientProtocol(
            WebSocketURI(address.is_secure, address.host, address.port, path, query),
            origin=Origin(origin) if origin else None,
            subprotocols=[Subprotocol(one) for one in subprotocols] or None,
            max_size=MOST_MESSAGE_BYTES,
        )
        request = self._protocol.connect()
        request.headers["User-Agent"] = f"Vedette/{__version__}"
        for name, value in headers:
            if name in request.headers:
                del request.headers[name]
            request.headers[name] = value
        self._protocol.send_request(request)
        with self._run.phase("upgrade"):
            response = await self._response()
        self._check(response, subprotocols)

    async def _response(self) -> Any:
        self._flush()
        while not (events := self._protocol.events_received()):
            if self._protocol.handshake_exc is not None:
                raise Failed("protocol", f"no HTTP came back: {self._protocol.handshake_exc}")
            await self._read()
        self._take(events[1:])
        return events[0]

    def _check(self, response: Any, subprotocols: tuple[str, ...]) -> None:
        self._run.status = response.status_code
        if response.status_code != 101:
            body = bytes(response.body or b"")[:MOST_EVIDENCE_BYTES].decode("utf-8", "replace")
            text = f"the upgrade was answered with {response.status_code}"
            raise Failed("upgrade_status", text, body=body)
        if self._protocol.handshake_exc is not None:
            raise Failed("protocol", f"the upgrade is wrong: {self._protocol.handshake_exc}")
        if subprotocols and self._protocol.subprotocol is None:
            raise Failed("protocol", "the server has chosen none of the subprotocols")
        if self._protocol.subprotocol:
            self._run.facts["subprotocol"] = self._protocol.subprotocol

    async def ping(self) -> None:
        """A ping, and its pong (RFC 6455 5.5.2)."""
        payload = os.urandom(8)
        self._protocol.send_ping(payload)
        self._flush()
        left = self._run.around.seconds - self._run.milliseconds / 1000 - _LEFT_SECONDS
        try:
            with self._run.phase("ping"):
                async with asyncio.timeout(min(_PONG_SECONDS, max(left, 0))):
                    while payload not in self._pongs:
                        await self._more()
        except TimeoutError:
            raise Failed("ping_timeout", "the ping was not answered") from None

    def send(self, text: str) -> None:
        """A message."""
        self._protocol.send_text(text.encode())
        self._flush()

    async def message(self) -> bytes:
        """The next message, whole."""
        while not self._messages:
            await self._more()
        return self._messages.pop(0)

    async def end(self) -> None:
        """Close cleanly, if the other side does: whether it does is a fact."""
        self._protocol.send_close(1000)
        self._flush()
        self._run.facts["clean_close"] = False
        try:
            with self._run.phase("close"):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    while self._protocol.close_rcvd is None and await self._read():
                        self._take(self._protocol.events_received())
        except TimeoutError:
            return
        self._run.facts["clean_close"] = self._protocol.close_rcvd is not None

    async def _more(self) -> None:
        """Read on; raise Failed where the other side has closed."""
        is_open = await self._read()
        self._take(self._protocol.events_received())
        closed = self._protocol.close_rcvd
        if closed is not None:
            words = f"the server closed with {closed.code} {closed.reason}".strip()
            raise Failed("closed", words, code=int(closed.code))
        if self._protocol.close_sent is not None:
            raise Failed("protocol", f"the server broke the protocol: {self._protocol.parser_exc}")
        if not is_open:
            raise Failed("reset", "the connection was closed without a word")

    async def _read(self) -> bool:
        """Whether something came."""
        data = await self._held.a_little()
        self._bytes += len(data)
        if self._bytes > _MOST_BYTES:
            raise Failed("protocol", "more came than a probe takes")
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._flush()
        return bool(data)

    def _take(self, events: list[Any]) -> None:
        from websockets.frames import Opcode

        self._frames += len(events)
        if self._frames > _MOST_FRAMES:
            raise Failed("protocol", "more frames came than a probe takes")
        for frame in events:
            if frame.opcode is Opcode.PONG:
                self._pongs.append(bytes(frame.data))
            elif frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self._parts.append(bytes(frame.data))
                if frame.fin:
                    self._messages.append(b"".join(self._parts))
                    self._parts.clear()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._held.say(data)
