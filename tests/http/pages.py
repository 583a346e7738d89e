"""A forwarder in this process with an application of the test's behind it, on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from vedette.http.forwarder import Forwarder

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Seen(NamedTuple):
    """What the client gets."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One request to the forwarder; chunks of the answer are read as they come."""

    def __init__(self, forwarder: Forwarder) -> None:
        self._forwarder = forwarder
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def begin(
        self,
        path: str = "/",
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        query: bytes = b"",
        peer: str = "127.0.0.1",
    ) -> None:
        """Send the head."""
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
            "client": (peer, 1234),
        }
        self.task = asyncio.ensure_future(self._forwarder(scope, self.incoming.get, self.sent.put))

    def body(self, chunk: bytes = b"", *, more: bool = False) -> None:
        """Send a chunk of the body."""
        self.incoming.put_nowait({"type": "http.request", "body": chunk, "more_body": more})

    def leave(self) -> None:
        """Close the connection."""
        self.incoming.put_nowait({"type": "http.disconnect"})

    async def whole(self) -> Seen:
        """The answer."""
        start = await self.sent.get()
        parts = []
        while True:
            message = await self.sent.get()
            parts.append(message["body"])
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Seen(start["status"], headers, b"".join(parts))


@asynccontextmanager
async def forwarding(
    folder: Path, app: App, *, body_seconds: float = 5.0, trusted_proxies: int = 0, prefix: str = ""
) -> AsyncIterator[Forwarder]:
    """A forwarder whose requests reach `app` over a Unix socket."""
    path = folder / "pages.sock"
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="none"))
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    forwarder = Forwarder(
        path, folder, trusted_proxies=trusted_proxies, body_seconds=body_seconds, prefix=prefix
    )
    try:
        yield forwarder
    finally:
        forwarder.close()
        server.should_exit = True
        await serving
        listening.close()


async def answer(send: Any, body: bytes, status: int = 200, kind: bytes = b"text/plain") -> None:
    """A whole answer of the application's."""
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def read_all(receive: Any) -> bytes:
    """The request's body, as the application gets it."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
