"""One request and its answer on one connection, read by llhttp."""

from __future__ import annotations

import asyncio
import ssl
import time

import httptools

MOST_HEAD_BYTES = 65536
MOST_BODY_BYTES = 1 << 20
MOST_BYTES = 8 << 20  # of all that comes: what frames the body, and what stands behind it


class BadAnswer(Exception):  # noqa: N818 - what it is
    """What came back is no HTTP (`protocol`), or not all of it (`reset`; `tls` if that is why)."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


class Exchange(asyncio.Protocol):
    """`done` ends when the answer is whole, or as much of it as is kept; times are of
    `time.perf_counter`, 0 until they are known.
    """

    def __init__(self, *, is_head: bool, most_body: int = MOST_BODY_BYTES) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.headers: dict[str, str] = {}
        self.status = 0
        self.version = ""
        self.is_cut = False
        self.first_byte_at = 0.0
        self.error: BadAnswer | None = None
        self._body: list[bytes] = []
        self._size = 0
        self._bytes = 0
        self._most_body = most_body
        self._is_head = is_head
        self._has_head = False
        self._parser: httptools.HttpResponseParser | None = None

    @property
    def body(self) -> bytes:
        """What came, as it came."""
        return b"".join(self._body)[: self._most_body]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self._parser = httptools.HttpResponseParser(self)

    def let_go(self) -> None:
        """It is over: without this, parser and protocol would hold each other and the body."""
        self._parser = None

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if not self.first_byte_at:
            self.first_byte_at = time.perf_counter()
        if self.done.done() or self._parser is None:
            return
        if not self._has_head and self._bytes > MOST_HEAD_BYTES:
            self._fail("protocol", "the head of the answer is too long")
            return
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            self._fail("protocol", "the answer has no end")
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._finish()
        except httptools.HttpParserError as error:
            self._fail("protocol", f"what came back is no HTTP: {error}")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; one that comes again is joined to the first."""
        if self._has_head:
            return  # behind the body: it is not what was asked for
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        held = self.headers.get(key)
        self.headers[key] = text if held is None else f"{held}, {text}"

    def on_headers_complete(self) -> None:
        """The head is whole; one of 1xx only announces another."""
        assert self._parser is not None
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            self.headers = {}
            return
        self.status = status
        self.version = self._parser.get_http_version()
        self._has_head = True
        if self._is_head or status == 101:
            self._finish()

    def on_body(self, data: bytes) -> None:
        """A part of the body; what is beyond the bound ends the exchange."""
        self._size += len(data)
        self._body.append(data)
        if self._size > self._most_body:
            self.is_cut = True
            self._finish()

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self._has_head:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has closed: the end of a body that says no length, else too early."""
        if self.done.done():
            return
        if not self._has_head:
            words = "the connection was closed before an answer came"
            reason = "tls" if isinstance(exc, ssl.SSLError) else "reset"
            self._fail(reason, words if exc is None else f"{words}: {exc}")
        elif exc is None and not self._says_its_length():
            self._finish()
        else:
            self._fail("reset", "the connection was closed in the middle of the body")

    def _says_its_length(self) -> bool:
        coding = self.headers.get("transfer-encoding", "").lower()
        return "content-length" in self.headers or "chunked" in coding

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _fail(self, reason: str, words: str) -> None:
        if not self.done.done():
            self.error = BadAnswer(reason, words)
            self.done.set_result(None)


async def exchange(transport: asyncio.Transport, protocol: Exchange, request: bytes) -> None:
    """Send and wait for the whole answer, which the protocol then holds. Raises BadAnswer."""
    transport.write(request)
    await protocol.done
    if protocol.error is not None:
        raise protocol.error
