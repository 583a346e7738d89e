"""One request and its answer on a connection, with the two functions that ASGI asks for."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vedette.http.connection import Connection

_MOST_BUFFERED_BYTES = 256 << 10
_DISCONNECT = {"type": "http.disconnect"}


def _status_line(status: int) -> bytes:
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


STATUS_LINES = {status: _status_line(status) for status in range(100, 600)}


class Exchange:
    """Holds what has come of the body until the application takes it, and writes the answer."""

    __slots__ = (
        "_buffered",
        "_chunks",
        "_connection",
        "_is_chunked",
        "_is_delivered",
        "_left",
        "_waiter",
        "is_complete",
        "is_lost",
        "is_started",
        "is_stream",
        "is_whole",
        "keep_alive",
        "scope",
    )

    def __init__(self, connection: Connection, scope: dict[str, Any], *, keep_alive: bool) -> None:
        self._connection = connection
        self.scope = scope
        self.keep_alive = keep_alive
        self.is_whole = False  # the request's body has come
        self.is_started = False
        self.is_complete = False  # the answer is whole
        self.is_lost = False
        self.is_stream = False  # the answer is a live stream of events
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._is_delivered = False
        self._waiter: Any = None
        self._is_chunked = False
        self._left: int | None = 0

    # From the connection

    def feed(self, body: bytes) -> None:
        """A piece of the body; what comes after the answer is thrown away."""
        if self.is_complete:
            return
        self._chunks.append(body)
        self._buffered += len(body)
        if self._buffered > _MOST_BUFFERED_BYTES:
            self._connection.transport.pause_reading()
        self._wake()

    def finish(self) -> None:
        """The body is whole."""
        self.is_whole = True
        self._wake()

    def lose(self) -> None:
        """The client has gone."""
        self.is_lost = True
        self._wake()

    # For the application

    async def receive(self) -> dict[str, Any]:
        """The next piece of the body, or the news that the client has gone."""
        if not (self._chunks or self.is_whole):
            self._continue()
        while not self._has_news():
            self._waiter = self._connection.loop.create_future()
            await self._waiter
        if self.is_lost or self.is_complete:
            return _DISCONNECT
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        if self._buffered > _MOST_BUFFERED_BYTES and not self.is_whole:
            self._connection.transport.resume_reading()
        self._buffered = 0
        self._is_delivered = self.is_whole
        return {"type": "http.request", "body": body, "more_body": not self.is_whole}

    async def send(self, message: dict[str, Any]) -> None:
        """Write a part of the answer; waits while the client does not read."""
        connection = self._connection
        if connection.drained is not None:
            await connection.drained
        if self.is_lost or self.is_complete:
            return
        if message["type"] == "http.response.start":
            self._write_head(message["status"], message["headers"])
        else:
            self._write_body(message["body"], is_last=not message.get("more_body", False))

    async def fail(self) -> None:
        """Answer for an application that has not."""
        self.keep_alive = False
        body = b"internal error\n"
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    @property
    def whole_body(self) -> bytes | None:
        """The request's body, if it has come whole and nobody has taken of it."""
        if not self.is_whole or self._is_delivered:
            return None
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def write_whole(self, answer: bytes) -> None:
        """Write an answer that is ready from its status line to its end."""
        self.is_started = self.is_complete = True
        if not self.is_lost:
            self._connection.transport.write(answer)
            self._connection.finished(self)

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        """The server's own headers: a list that is replaced when they change."""
        found: list[tuple[bytes, bytes]] = self._connection.state.default_headers
        return found

    def _has_news(self) -> bool:
        if self.is_lost or self.is_complete or self._chunks:
            return True
        return self.is_whole and not self._is_delivered

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _continue(self) -> None:
        """Ask for the body of a client that waits to be asked."""
        for name, value in self.scope["headers"]:
            if name == b"expect" and value.lower() == b"100-continue" and not self.is_started:
                self._connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _write_head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.is_started = True
        self._left = None
        parts = [STATUS_LINES[status]]
        for name, value in (*self._connection.state.default_headers, *headers):
            if b"\n" in value or b"\r" in value or b"\n" in name or b"\r" in name:
                raise ValueError(f"a line break in the header {name[:40]!r}")
            if name == b"content-length":
                self._left = int(value)
            elif name == b"content-type":
                self.is_stream = value.startswith(b"text/event-stream")
            elif name == b"connection" and value.lower() == b"close":
                self.keep_alive = False
                continue
            parts += (name, b": ", value, b"\r\n")
        has_body = self.scope["method"] != "HEAD" and status not in (204, 304)
        if self._left is None and has_body:
            if self.scope["http_version"] == "1.1":
                self._is_chunked = True
                parts.append(b"transfer-encoding: chunked\r\n")
            else:
                self.keep_alive = False
        if not has_body:
            self._left = 0
        if not self.keep_alive:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        self._connection.transport.write(b"".join(parts))

    def _write_body(self, body: bytes, *, is_last: bool) -> None:
        if self.scope["method"] == "HEAD":
            body = b""
        if self._is_chunked:
            framed = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            self._connection.transport.write(framed + b"0\r\n\r\n" if is_last else framed)
        elif body:
            if self._left is not None:
                if len(body) > self._left:
                    raise ValueError("the answer is longer than its content-length")
                self._left -= len(body)
            self._connection.transport.write(body)
        if is_last:
            if self._left and not self._is_chunked:
                raise ValueError("the answer is shorter than its content-length")
            self.is_complete = True
            self._wake()
            self._connection.finished(self)
