"""A connection to the upstream, kept as long as it serves: requests one after the other.

It goes to the one host it is told, directly or through one proxy, and follows no redirect.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from vedette.clock import timestamp
from vedette.http.upstream import Upstream, UpstreamGone
from vedette.relay.options import Options, Place
from vedette.relay.parcel import PIECE_BYTES, Parcel

_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 20.0  # less than servers and proxies wait before they close a connection
_SLOWEST_BYTES_PER_SECOND = 32 << 10
_MOST_HEAD_BYTES = 16 << 10
_MOST_ANSWER_BYTES = 64 << 10
_SHOWN_BYTES = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What the upstream said."""

    status: int
    headers: dict[bytes, bytes] = field(default_factory=dict)
    text: str = ""


class NotReached(OSError):
    """The upstream, or the proxy before it, cannot be talked to; the text says why."""


class Line:
    """One connection. Use `ask` for each request; not for two at a time."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._held: Upstream | None = None
        self._used = 0.0

    async def ask(self, parcel: Parcel) -> Answer:
        """Send a request and return what answers it. Raises NotReached."""
        seconds = self._options.timeout_seconds + parcel.body_bytes / _SLOWEST_BYTES_PER_SECOND
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(parcel)
        except TimeoutError:
            self.close()
            raise NotReached(f"no answer in {seconds:.0f} s") from None
        except UpstreamGone:
            self.close()
            raise NotReached("the connection ended before the answer") from None
        except OSError as error:
            self.close()
            raise NotReached(str(error) or type(error).__name__) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the connection."""
        if self._held is not None:
            self._held.close()
            self._held = None

    async def _ask(self, parcel: Parcel) -> Answer:
        is_old = time.monotonic() - self._used > _IDLE_SECONDS
        if self._held is not None and (is_old or not self._held.is_reusable):
            self.close()
        if self._held is not None:
            try:
                return await self._exchange(self._held, parcel)
            except UpstreamGone:  # closed while nobody used it; the request bears its name
                self.close()
        self._held = await _connected(self._options)
        return await self._exchange(self._held, parcel)

    async def _exchange(self, held: Upstream, parcel: Parcel) -> Answer:
        head = _head(self._options, parcel)
        if parcel.body_bytes <= PIECE_BYTES:
            await held.start(head + b"".join(parcel.pieces()))
        else:
            await held.start(head)
            pieces: Iterator[bytes] = parcel.pieces()
            while piece := await asyncio.to_thread(next, pieces, b""):
                await held.write(piece)
        status, headers = await held.head(is_bodiless=parcel.kept.method == "HEAD")
        body = b""
        while chunk := await held.chunk():
            body += chunk
            if len(body) > _MOST_ANSWER_BYTES:
                self.close()
                break
        self._used = time.monotonic()
        return Answer(status, dict(headers), body[:_SHOWN_BYTES].decode("utf-8", "replace"))


def _head(options: Options, parcel: Parcel) -> bytes:
    kept, upstream = parcel.kept, options.upstream
    target = upstream.prefix.encode() + kept.target
    lines = [b"Host: " + upstream.name.encode("idna" if not upstream.name.isascii() else "ascii")]
    if options.proxy is not None and upstream.scheme == "http":
        target = f"http://{upstream.name}".encode() + target
        lines += _sign_in(options.proxy)
    lines += [name + b": " + value for name, value in kept.headers]
    if upstream.user and not any(name == b"authorization" for name, _ in kept.headers):
        lines.append(b"Authorization: Basic " + _basic(upstream.user))
    lines.append(b"Idempotency-Key: " + kept.delivery.encode())
    lines.append(b"Via: 1.1 " + options.name.encode())
    held_seconds = int(max(timestamp() - kept.received, 0.0) + kept.held_seconds)
    if held_seconds > 0:
        lines.append(b"X-Vedette-Held-Seconds: %d" % held_seconds)
    if parcel.body_bytes or kept.method == "POST":
        lines.append(b"Content-Length: %d" % parcel.body_bytes)
    start = kept.method.encode() + b" " + target + b" HTTP/1.1"
    return b"\r\n".join((start, *lines, b"", b""))


async def _connected(options: Options) -> Upstream:
    upstream, proxy = options.upstream, options.proxy
    tls = options.trust if upstream.scheme == "https" else None
    async with asyncio.timeout(_CONNECT_SECONDS):
        if proxy is None:
            return await Upstream.connect(upstream.host, upstream.port, tls=tls)
        if tls is None:
            proxy_tls = options.trust if proxy.scheme == "https" else None
            return await Upstream.connect(proxy.host, proxy.port, tls=proxy_tls)
        tunnel = await _tunnel(upstream, proxy)
        return await Upstream.over(tunnel, tls=tls, name=upstream.host)


async def _tunnel(upstream: Place, proxy: Place) -> socket.socket:
    """A socket that the proxy has connected with the upstream. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(proxy.host, proxy.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    connected = socket.socket(family, kind, protocol)
    try:
        connected.setblocking(False)
        await loop.sock_connect(connected, address)
        host = f"[{upstream.host}]" if ":" in upstream.host else upstream.host
        place = f"{host}:{upstream.port}".encode()
        lines = [b"CONNECT %b HTTP/1.1" % place, b"Host: " + place, *_sign_in(proxy)]
        await loop.sock_sendall(connected, b"\r\n".join((*lines, b"", b"")))
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD_BYTES:
            # Byte by byte: what follows the head belongs to the upstream.
            byte = await loop.sock_recv(connected, 1)
            if not byte:
                break
            head += byte
        if head.split(b" ")[1:2] != [b"200"]:
            said = head.split(b"\r\n")[0][:80].decode("latin-1")
            raise OSError(f"the proxy {proxy.address} does not connect: {said or 'no answer'}")
    except BaseException:
        connected.close()
        raise
    return connected


def _sign_in(proxy: Place) -> list[bytes]:
    return [b"Proxy-Authorization: Basic " + _basic(proxy.user)] if proxy.user else []


def _basic(user: str) -> bytes:
    name, colon, word = user.partition(":")
    return base64.b64encode(f"{unquote(name)}{colon}{unquote(word)}".encode())
