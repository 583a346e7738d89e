"""The whole way of a page's request: the door's connection, the forwarder, the pages' root."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.http.pages import answer, forwarding, read_all
from tests.http.wire import wire
from vedette.pages_root import PagesRoot


async def tell(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What the pages see."""
    told = {
        "client": scope["client"],
        "path": scope["path"],
        "names": [name.decode() for name, _ in scope["headers"]],
        "size": len(await read_all(receive)),
    }
    await answer(send, json.dumps(told).encode())


def test_the_pages_see_the_client_and_their_own_path(tmp_path: Path) -> None:
    """Below a proxy's path prefix or not; nothing tells of the way between."""

    async def go() -> None:
        async with (
            forwarding(tmp_path, PagesRoot(tell, tell, prefix="/watch")) as forwarder,
            wire(forwarder) as server,
        ):
            peer = await server.connect()
            for path in (b"/watch/issues/", b"/issues/"):
                await peer.say(b"POST %b HTTP/1.1\r\nHost: x\r\n" % path)
                await peer.say(b"X-Vedette-Client: 6.6.6.6\r\nContent-Length: 3\r\n\r\nabc")
                status, _, body = await peer.answer()
                told = json.loads(body)
                assert (status, told["client"][0], told["path"], told["size"]) == (
                    200, "127.0.0.1", "/issues/", 3,
                )  # fmt: skip
                assert told["names"] == ["content-length", "host"]

    asyncio.run(go())


def test_a_reader_who_hangs_up_ends_the_stream_at_the_pages(tmp_path: Path) -> None:
    """Events pass as they are made, over both sockets, until the reader has gone."""
    ended = asyncio.Event()
    tick = asyncio.Event()

    async def stream(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await read_all(receive)
        leaving = asyncio.ensure_future(receive())
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await tick.wait()
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        assert (await leaving)["type"] == "http.disconnect"
        ended.set()

    async def go() -> None:
        async with forwarding(tmp_path, stream) as forwarder, wire(forwarder) as server:
            peer = await server.connect()
            await peer.say(b"GET /live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
            head = await asyncio.wait_for(peer.reader.readuntil(b"\r\n\r\n"), 5)
            assert b"text/event-stream" in head
            tick.set()
            await asyncio.wait_for(peer.reader.readuntil(b"data: 1\n\n"), 5)
            peer.writer.close()
            await asyncio.wait_for(ended.wait(), 5)

    asyncio.run(go())
