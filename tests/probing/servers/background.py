"""A loop in a thread, on which servers of tests listen."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias, TypeVar

Answer = TypeVar("Answer")
Handler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Background:
    """A context manager; what listens is closed at its end."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda *_: None)
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Background:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run this in the loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def serve(
        self, handler: Handler, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> int:
        """Listen at a free port."""

        async def start() -> int:
            server = await asyncio.start_server(_ended(handler), host, 0, ssl=context)
            self._servers.append(server)
            port: int = server.sockets[0].getsockname()[1]
            return port

        return self.do(start())

    def datagrams(self, answer: Callable[[bytes], bytes | None], at: int = 0) -> int:
        """Answer datagrams at a free port."""

        async def start() -> int:
            made, _ = await self.loop.create_datagram_endpoint(
                answering(answer), local_addr=("127.0.0.1", at)
            )
            port: int = made.get_extra_info("sockname")[1]
            return port

        return self.do(start())

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(
    answer: Callable[[bytes], bytes | None],
) -> Callable[[], asyncio.DatagramProtocol]:
    """What answers each datagram, or does not."""

    class Answering(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            said = answer(data)
            if said is not None:
                self.transport.sendto(said, addr)

    return Answering


def _ended(handler: Handler) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await handler(reader, writer)
        writer.transport.abort()

    return handle
