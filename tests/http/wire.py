"""A server with the door's connections on a real socket, and clients that speak bytes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import uvicorn

from vedette.http.connection import Connection
from vedette.http.guard import Guard


class Peer:
    """A client's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """One answer with a content-length."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        status, *lines = head.decode().strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        size = int(headers.get("content-length", 0))
        return int(status.split()[1]), headers, await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """Everything until the other side closes."""
        parts = []
        try:
            while piece := await asyncio.wait_for(self.reader.read(1 << 16), 10):
                parts.append(piece)
        except ConnectionResetError:
            pass
        return b"".join(parts)


class Wire:
    """A running server."""

    def __init__(self, port: int, guard: Guard) -> None:
        self._port = port
        self.guard = guard

    async def connect(self, *, small_window: bool = False) -> Peer:
        """A new connection; with a small window the server soon feels unread answers."""
        held = socket.socket()
        if small_window:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        held.setblocking(False)
        await asyncio.get_running_loop().sock_connect(held, ("127.0.0.1", self._port))
        return Peer(*await asyncio.open_connection(sock=held, limit=1 << 12))


@asynccontextmanager
async def wire(
    app: Any, guard: Guard | None = None, *, graceful_seconds: int = 1
) -> AsyncIterator[Wire]:
    """Serve `app` with the door's connections."""
    guard = Guard() if guard is None else guard
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=partial(Connection, guard),  # type: ignore[arg-type]
            lifespan="off",
            log_config=None,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=graceful_seconds,
        )
    )
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Wire(listening.getsockname()[1], guard)
    finally:
        server.should_exit = True
        await serving
        listening.close()
