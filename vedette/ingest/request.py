"""One HTTP request at the door: the headers that matter and a bounded body."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from vedette.ingest.errors import Busy, TimedOut, TooLarge

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

_WANTED = frozenset(
    {
        b"x-sentry-auth",
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"content-length",
        b"origin",
        b"referer",
        b"user-agent",
        b"x-forwarded-for",
    }
)


class Disconnected(Exception):
    """The client went away before its body was whole; nothing is stored or answered."""


class Inflight:
    """Bounds the bytes of request bodies that are held in memory at one time."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self.held_bytes = 0

    def take(self, size: int) -> None:
        """Count bytes in; raises Busy when there are too many."""
        if self.held_bytes + size > self._most_bytes:
            raise Busy("too many large requests at once; send again in a moment", reason="inflight")
        self.held_bytes += size

    def give_back(self, size: int) -> None:
        """Count bytes out."""
        self.held_bytes -= size


def read_headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers that the door looks at; of a repeated one the first."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WANTED and name not in headers:
            headers[name] = value
    return headers


def remote_address(scope: Scope, headers: dict[bytes, bytes], trusted_proxies: int) -> str:
    """The client's address: the peer, or the entry the outermost trusted proxy wrote."""
    client = scope.get("client")
    peer = str(client[0]) if client else ""
    if trusted_proxies and b"x-forwarded-for" in headers:
        hops = [hop.strip() for hop in headers[b"x-forwarded-for"].decode("latin-1").split(",")]
        peer = hops[-min(trusted_proxies, len(hops))]
    return peer.removeprefix("::ffff:")[:64]


async def read_body(
    receive: Receive,
    headers: dict[bytes, bytes],
    inflight: Inflight,
    *,
    most_bytes: int,
    timeout_seconds: float,
) -> bytes:
    """The whole body, chunked or not. Raises TooLarge, TimedOut, Busy or Disconnected.

    The caller gives the bytes back to `inflight` when it is done with the body.
    """
    length = headers.get(b"content-length")
    if length is not None and (not length.isdigit() or int(length) > most_bytes):
        raise TooLarge("request body exceeds the size limit", reason="too_large")
    held = 0
    parts: list[bytes] = []
    try:
        async with asyncio.timeout(timeout_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                chunk: bytes = message.get("body", b"")
                if chunk:
                    inflight.take(len(chunk))
                    held += len(chunk)
                    parts.append(chunk)
                    if held > most_bytes:
                        raise TooLarge("request body exceeds the size limit", reason="too_large")
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
    except TimeoutError:
        inflight.give_back(held)
        raise TimedOut("the request body did not arrive in time", reason="timeout") from None
    except BaseException:
        inflight.give_back(held)
        raise
