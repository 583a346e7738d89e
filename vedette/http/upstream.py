"""A client's connection to the pages: one request at a time, the answer as it comes."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from pathlib import Path
from typing import Any

import httptools

_HIGH_BYTES = 1 << 20


class UpstreamGone(Exception):
    """The connection ended before the answer was whole."""


class Upstream(asyncio.Protocol):
    """Use `open`, then for each request `start`, `write` as long as there is more of it, `head`,
    and `chunk` until it returns b"".
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = False
        self._begin()

    @classmethod
    async def open(cls, path: Path) -> Upstream:
        """Connect. Raises OSError when nobody listens."""
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_unix_connection(cls, str(path))
        return protocol

    @classmethod
    async def connect(
        cls, host: str, port: int, *, tls: ssl.SSLContext | None = None, name: str = ""
    ) -> Upstream:
        """Connect to a host; `name` is what its certificate must be for. Raises OSError."""
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(
            cls, host, port, ssl=tls, server_hostname=(name or host) if tls else None
        )
        return protocol

    @classmethod
    async def over(
        cls, connected: socket.socket, *, tls: ssl.SSLContext | None, name: str
    ) -> Upstream:
        """Go on over a socket that is connected. Raises OSError."""
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(
            cls, sock=connected, ssl=tls, server_hostname=name if tls else None
        )
        return protocol

    @property
    def is_reusable(self) -> bool:
        """Whether another request may follow on this connection."""
        return self._complete and self._keep_alive and not self._is_cut and not self._gone

    async def start(self, data: bytes) -> None:
        """Send the first bytes of a request. Raises UpstreamGone."""
        self._begin()
        await self._write(data)

    async def write(self, data: bytes) -> None:
        """Send more of the request. Raises UpstreamGone.

        Who refuses a request answers before having read it: the rest is left out then, and the
        connection takes no other request.
        """
        if self._complete:
            self._is_cut = True
        else:
            await self._write(data)

    async def _write(self, data: bytes) -> None:
        if self._gone or self._transport is None:
            raise UpstreamGone
        self._transport.write(data)
        await self._writable.wait()

    async def head(self, *, is_bodiless: bool) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Status and headers of the answer; `is_bodiless` for the answer to a HEAD request."""
        while not self._status:
            await self._wait()
        if is_bodiless:
            self._complete = True
            self._keep_alive = False  # the parser would wait for the body
        return self._status, self._headers

    async def chunk(self) -> bytes:
        """The next bytes of the answer's body as soon as there are any; b"" at its end."""
        while not self._chunks:
            if self._complete:
                return b""
            await self._wait()
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._held = 0
        if self._transport is not None and not self._gone:
            self._transport.resume_reading()
        return data

    def close(self) -> None:
        """End the connection, and with it the request, if it is still under way."""
        self._gone = True
        if self._transport is not None:
            self._transport.abort()

    def _begin(self) -> None:
        self._parser: Any = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._complete = False
        self._keep_alive = False
        self._is_cut = False

    async def _wait(self) -> None:
        if self._gone:
            raise UpstreamGone
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        self._gone = True
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()
        self._wake()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._headers = []  # 1xx: the answer follows
            return
        self._status = status
        self._keep_alive = self._parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        self._chunks.append(data)
        self._held += len(data)
        if self._held > _HIGH_BYTES and self._transport is not None:
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._status:
            self._complete = True
            self._writable.set()  # nobody may read the rest of the request
