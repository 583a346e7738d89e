"""One TCP connection of the door: HTTP/1.1 by httptools, every wait and every size bounded.

uvicorn's server makes one for each client (its `http` setting) and stops them; this class
takes the place of uvicorn's own, which bounds neither heads nor unread answers and costs more
than the rest of the door. It calls the same ASGI application.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, cast
from urllib.parse import unquote

import httptools

from vedette.http.exchange import STATUS_LINES, Exchange
from vedette.http.guard import (
    HEAD_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    STALL_SECONDS,
    Guard,
)
from vedette.http.proxies import subscriber

log = logging.getLogger("vedette.http")

_MOST_LINES = 100
_MOST_HEAD_BYTES = 64 << 10
_MOST_LINE_BYTES = 16 << 10
_NEVER = float("inf")
_REFUSALS = {
    400: b"bad request\n",
    414: b"the address is too long\n",
    431: b"the request's head is too large\n",
}


class _Refused(Exception):
    """The head exceeds a bound; the text is the status."""


class Connection(asyncio.Protocol):
    """Parses requests and runs them one after the other."""

    def __init__(
        self,
        guard: Guard,
        *,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self.app = config.loaded_app
        self._answer_now = getattr(self.app, "answer_now", None)
        self.loop = _loop or asyncio.get_running_loop()
        self.state = server_state
        self.guard = guard
        self.due = _NEVER
        self.address = ""
        self.client: tuple[str, int] | None = None
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self.drained: asyncio.Future[None] | None = None
        self._parser: Any = httptools.HttpRequestParser(self)
        self._waiting: deque[Exchange] = deque()
        self._active: Exchange | None = None
        self._incoming: Exchange | None = None
        self._refusal = 400
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._quiet_bytes = 0
        self._in_head = False
        self._is_closing = False

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple) and len(peer) >= 2:
            self.client = (str(peer[0]), int(peer[1]))
            self.address = subscriber(self.client[0])
        self.due = self.loop.time() + HEAD_SECONDS
        if not self.guard.admit(self):
            self._is_closing = True
            self.transport.abort()
            return
        self.state.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._is_closing = True
        self.guard.leave(self)
        self.state.connections.discard(self)
        self._wake_writers()
        for exchange in (self._active, self._incoming, *self._waiting):
            if exchange is not None:
                exchange.lose()
        self._waiting.clear()

    def expire(self) -> None:
        """The guard's word that this connection has waited too long."""
        self.transport.abort()

    def shutdown(self) -> None:
        """End after the request that is under way; called by uvicorn when it stops.

        A live stream has no end to wait for: its reader connects again.
        """
        if self._active is None:
            self.close()
        elif self._active.is_stream:
            self.transport.abort()
        else:
            self._active.keep_alive = False

    def close(self) -> None:
        """End the connection once what is written has been taken, at most LINGER_SECONDS."""
        self._is_closing = True
        self.due = self.loop.time() + LINGER_SECONDS
        self.transport.close()

    def pause_writing(self) -> None:
        self.due = self.loop.time() + STALL_SECONDS
        if self.drained is None:
            self.drained = self.loop.create_future()

    def resume_writing(self) -> None:
        if not self._is_closing:
            is_idle = self._active is None
            self.due = self.loop.time() + IDLE_SECONDS if is_idle else _NEVER
        self._wake_writers()

    def _wake_writers(self) -> None:
        if self.drained is not None:
            self.drained.set_result(None)
            self.drained = None

    # What comes in

    def data_received(self, data: bytes) -> None:
        if self._is_closing:
            return
        self._quiet_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._active is not None:  # served as plain HTTP, and nothing after it
                self._active.keep_alive = False
            return
        except httptools.HttpParserError:
            self._refuse()
            return
        if self._incoming is not None and self._is_next(self._incoming):
            self._start(self._incoming)  # the rest of its body is still to come
        if self._quiet_bytes > _MOST_LINE_BYTES + len(data):
            self._refusal = 431
            self._refuse()
        elif self._in_head and self.due > self.loop.time() + HEAD_SECONDS:
            self.due = self.loop.time() + HEAD_SECONDS

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self._head_bytes = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        self._url += url
        if len(self._url) > _MOST_LINE_BYTES:
            self._refusal = 414
            raise _Refused

    def on_header(self, name: bytes, value: bytes) -> None:
        self._quiet_bytes = 0
        self._head_bytes += len(name) + len(value)
        if (
            len(self._headers) >= _MOST_LINES
            or self._head_bytes > _MOST_HEAD_BYTES
            or len(value) > _MOST_LINE_BYTES
        ):
            self._refusal = 431
            raise _Refused
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._quiet_bytes = 0
        url = httptools.parse_url(self._url)
        raw_path = url.path or b"/"
        path = raw_path.decode("latin-1")
        version = self._parser.get_http_version()
        headers, self._headers = self._headers, []  # what follows the body is no header
        scope = {
            "type": "http",
            "method": self._parser.get_method().decode("ascii"),
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": url.query or b"",
            "headers": headers,
            "client": self.client,
            "scheme": "http",
            "http_version": version,
        }
        exchange = Exchange(
            self, scope, keep_alive=version != "1.0" and self._parser.should_keep_alive()
        )
        self._incoming = exchange
        if self._active is not None or self._waiting:
            self._waiting.append(exchange)
            self.transport.pause_reading()

    def on_body(self, body: bytes) -> None:
        self._quiet_bytes = 0
        if self._incoming is not None:
            self._incoming.feed(body)

    def on_message_complete(self) -> None:
        self._in_head = False
        self._quiet_bytes = 0
        incoming, self._incoming = self._incoming, None
        if incoming is None:
            return
        incoming.finish()
        if incoming.is_complete:
            self._go_on(incoming)  # it was answered before its body was whole
        elif self._is_next(incoming):
            self._start(incoming)

    def _refuse(self) -> None:
        """Answer what is no request, or too large a one, and end the connection."""
        self._in_head = False
        if self._active is None:
            body = _REFUSALS[self._refusal]
            self.transport.write(
                b"%bcontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
                % (STATUS_LINES[self._refusal], len(body), body)
            )
        self.close()

    # Requests, one after the other

    def _is_next(self, exchange: Exchange) -> bool:
        return self._active is None and not self._waiting and not exchange.is_complete

    def _start(self, exchange: Exchange) -> None:
        self._active = exchange
        self.due = _NEVER
        if exchange.is_whole and self._answer_now is not None and self._answer_now(exchange):
            return
        task = self.loop.create_task(self._run(exchange))
        self.state.tasks.add(task)
        task.add_done_callback(self.state.tasks.discard)

    async def _run(self, exchange: Exchange) -> None:
        try:
            await self.app(exchange.scope, exchange.receive, exchange.send)
        except ConnectionError as error:
            log.debug("an answer broke off: %s", error)
        except Exception:
            log.exception("a request could not be answered")
        if not exchange.is_complete and not self._is_closing:
            if exchange.is_started:
                self.transport.abort()  # so that the client sees that the answer is not whole
            else:
                await exchange.fail()

    def finished(self, exchange: Exchange) -> None:
        """An answer is whole: go on with the next request, or wait for one."""
        self.state.total_requests += 1
        self._active = None
        if self._is_closing:
            return
        if exchange.is_whole:
            self._go_on(exchange)
        else:
            self._linger(exchange)

    def _go_on(self, exchange: Exchange) -> None:
        """The exchange is over: serve the next one, wait for it, or end."""
        if not exchange.keep_alive:
            self.close()
            return
        if self._waiting:
            self._start(self._waiting.popleft())
        else:
            self.due = self.loop.time() + IDLE_SECONDS
        if not self._waiting:
            self.transport.resume_reading()

    def _linger(self, exchange: Exchange) -> None:
        """Take the rest of a body that nobody wants, so that the client gets to the answer."""
        self.due = self.loop.time() + LINGER_SECONDS
        self.transport.resume_reading()
        if not exchange.keep_alive and self.transport.can_write_eof():
            self.transport.write_eof()
