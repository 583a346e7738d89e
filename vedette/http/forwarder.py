"""The way from the door to the pages' process: requests over its Unix socket and answers back.

A request's body is read here, bounded and paced, before the pages hear of it. Answers pass
unbuffered, so live streams stream; a client that goes away ends its request at the pages.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vedette.http.asgi import Receive, Scope, Send
from vedette.http.body import Body, BodyReader, BodyTooLarge, BodyTooSlow, Disconnected
from vedette.http.proxies import client_address, subscriber
from vedette.http.refusals import MethodRefused, refuse
from vedette.http.slots import Full, Slots
from vedette.http.upstream import Upstream, UpstreamGone

log = logging.getLogger("vedette.http")

LIVE_PATH = "/live/"
CLIENT_HEADER = b"x-vedette-client"
_PRIVATE = b"x-vedette-"
_MOST_BODY_BYTES = 100 << 20
_MOST_BODIES_BYTES = 1 << 30
_SHARE_BYTES = 256 << 20
_MOST_IDLE = 8
_ANSWER_SECONDS = 90.0
_HOP_BY_HOP = frozenset(
    {
        b"connection", b"content-length", b"expect", b"keep-alive", b"proxy-authenticate",
        b"proxy-authorization", b"proxy-connection", b"te", b"trailer", b"transfer-encoding",
        b"upgrade", b"x-forwarded-for",
    }
)  # fmt: skip
_ANSWER_HOPS = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"date", b"server"})
_SAFE = frozenset({"GET", "OPTIONS"})
_NEVER = frozenset({"CONNECT", "TRACE"})  # for proxies; no page has a use for them


class Forwarder:
    """The ASGI application for everything that is neither the door's nor the status pages'."""

    def __init__(
        self,
        socket: Path,
        folder: Path,
        *,
        trusted_proxies: int,
        body_seconds: float,
        prefix: str = "",
    ) -> None:
        self._stream_paths = {LIVE_PATH, prefix + LIVE_PATH}
        self._socket = socket
        self._folder = folder
        self._trusted_proxies = trusted_proxies
        self._body_seconds = body_seconds
        self._idle: list[Upstream] = []
        self._body_bytes = 0
        self._by_owner: Counter[str] = Counter()
        self.pages = Slots(most=24, line=256, seconds=10.0, share=128, at_once=12)
        self.streams = Slots(most=512, line=0, seconds=0.0, share=64, at_once=64)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request and its answer."""
        if scope["method"] in _NEVER:
            await refuse(scope, send, MethodRefused())
            return
        client = client_address(
            str(scope["client"][0]) if scope.get("client") else "",
            scope["headers"],
            self._trusted_proxies,
        )
        owner = subscriber(client)
        answer = _Answer(send)
        body = Body(self._folder)
        try:
            await self._read(receive, body, owner)
            slots = self.streams if self._is_stream(scope) else self.pages
            async with slots.take(owner):
                await self._exchange(scope, receive, answer, body, client)
        except (Disconnected, BodyTooLarge, BodyTooSlow, Full, OSError, UpstreamGone) as error:
            if answer.is_started:
                raise ConnectionAbortedError("the pages' answer broke off") from error
            await refuse(scope, send, error)
        finally:
            self._forget(body, owner)

    def close(self) -> None:
        """Let the idle connections go."""
        for upstream in self._idle:
            upstream.close()
        self._idle.clear()

    async def _read(self, receive: Receive, body: Body, owner: str) -> None:
        before = 0

        def note(grown: Body) -> None:
            nonlocal before
            self._by_owner[owner] += grown.size - before
            self._body_bytes += grown.size - before
            before = grown.size
            if self._body_bytes > _MOST_BODIES_BYTES or self._by_owner[owner] > _SHARE_BYTES:
                raise Full

        reader = BodyReader(
            receive,
            body,
            most_bytes=_MOST_BODY_BYTES,
            grace_seconds=self._body_seconds,
            on_growth=note,
        )
        await reader.read()

    def _forget(self, body: Body, owner: str) -> None:
        self._body_bytes -= body.size
        self._by_owner[owner] -= body.size
        if not self._by_owner[owner]:
            del self._by_owner[owner]
        body.close()

    async def _exchange(
        self, scope: Scope, receive: Receive, answer: _Answer, body: Body, client: str
    ) -> None:
        """Ask and relay until the answer is whole or the client has gone."""
        relaying = asyncio.ensure_future(self._relay(scope, answer, body, client))
        watching = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({relaying, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (watching, relaying):
                if not task.done():
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
        if not relaying.cancelled():
            relaying.result()

    async def _relay(self, scope: Scope, answer: _Answer, body: Body, client: str) -> None:
        head = b"".join(_head(scope, body.size, client))
        upstream = await self._ask(head, body, is_safe=scope["method"] in _SAFE)
        try:
            status, headers = await _head_in_time(upstream, scope)
            await answer.start(status, [pair for pair in headers if pair[0] not in _ANSWER_HOPS])
            while chunk := await upstream.chunk():
                await answer.body(chunk)
            await answer.end()
        except BaseException:
            upstream.close()
            raise
        self._keep(upstream)

    async def _ask(self, head: bytes, body: Body, *, is_safe: bool) -> Upstream:
        """Send the request, in time; a kept connection that has died is replaced by a fresh one."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._sent(head, body, is_safe=is_safe)
        except TimeoutError:
            raise UpstreamGone from None

    async def _sent(self, head: bytes, body: Body, *, is_safe: bool) -> Upstream:
        while self._idle:
            upstream = self._idle.pop()
            try:
                await _send(upstream, head, body)
                if is_safe:
                    await upstream.head(is_bodiless=False)
                return upstream
            except UpstreamGone:
                upstream.close()
            except BaseException:
                upstream.close()
                raise
        upstream = await Upstream.open(self._socket)
        try:
            await _send(upstream, head, body)
        except BaseException:
            upstream.close()
            raise
        return upstream

    def _is_stream(self, scope: Scope) -> bool:
        """Whether this is the live stream; what a client says that it accepts proves nothing."""
        return scope["method"] == "GET" and scope["path"] in self._stream_paths

    def _keep(self, upstream: Upstream) -> None:
        if upstream.is_reusable and len(self._idle) < _MOST_IDLE:
            self._idle.append(upstream)
        else:
            upstream.close()


class _Answer:
    """What goes back to the client; knows whether it has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_started = False

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.is_started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def body(self, chunk: bytes) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _head(scope: Scope, size: int, client: str) -> Iterator[bytes]:
    """The request's head as the pages get it: whatever the client says of itself is removed."""
    target: bytes = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    yield b"%b %b HTTP/1.1\r\n" % (scope["method"].encode("ascii"), _ascii(target))
    yield b"%b: %b\r\ncontent-length: %d\r\n" % (CLIENT_HEADER, client.encode("latin-1"), size)
    for name, value in scope["headers"]:
        if name not in _HOP_BY_HOP and not name.startswith(_PRIVATE):
            yield b"%b: %b\r\n" % (name, value)
    yield b"\r\n"


def _ascii(target: bytes) -> bytes:
    """Bytes beyond ASCII, which a target must not hold, in percent-encoding."""
    if target.isascii():
        return target
    return b"".join(b"%%%02X" % byte if byte > 127 else bytes((byte,)) for byte in target)


async def _send(upstream: Upstream, head: bytes, body: Body) -> None:
    if body.path is None:
        await upstream.start(head + body.in_memory)
        return
    await upstream.start(head)
    async for piece in body.pieces():
        await upstream.write(piece)


async def _gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)


async def _head_in_time(upstream: Upstream, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]]]:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await upstream.head(is_bodiless=scope["method"] == "HEAD")
    except TimeoutError:
        raise UpstreamGone from None
