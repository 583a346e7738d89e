"""The whole way of a page's request: the door's connection, the forwarder, the pages' root."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

from a2wsgi import WSGIMiddleware

from tests.http.pages import answer, forwarding, read_all
from tests.http.wire import wire
from vedette.pages_root import PagesRoot
from vedette.store import query as q
from vedette.store.errors import QuestionCancelled, StoreError
from vedette.store.remote import StoreClient, StoreServer
from vedette.store.visible import VisibleProjects

_QUESTION = q.Select(
    table="t",
    projects=VisibleProjects.of_system(),
    columns={"n": q.count()},
    start=0,
    end=1,
)


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


class SlowStore:
    """A question takes until it is cancelled."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.is_cancelled = threading.Event()
        self.questions = 0

    def query(
        self, select: q.Select, *, seconds: float | None = None, token: str | None = None
    ) -> q.Answer:
        self.questions += 1
        self.is_asked.set()
        self.is_cancelled.wait(10)
        raise QuestionCancelled("cancelled")

    def cancel(self, token: str) -> None:
        self.is_cancelled.set()


def test_a_reader_who_hangs_up_ends_what_the_page_asks(tmp_path: Path) -> None:
    """The question at work is cancelled, and those that the page would have asked after it."""
    store = SlowStore()
    server = StoreServer(store, tmp_path / "store")
    server.start()
    client = StoreClient(tmp_path / "store")
    ended: list[str] = []
    is_over = threading.Event()

    def page(environ: dict[str, Any], start: Any) -> list[bytes]:
        for _ in range(3):
            try:
                client.query(_QUESTION)
            except StoreError as error:
                ended.append(type(error).__name__)
        is_over.set()
        start("200 OK", [])
        return [b"late"]

    async def go() -> None:
        async with (
            forwarding(tmp_path, PagesRoot(WSGIMiddleware(page), page)) as forwarder,
            wire(forwarder) as door,
        ):
            peer = await door.connect()
            await peer.say(b"GET /explore/ HTTP/1.1\r\nHost: x\r\n\r\n")
            assert await asyncio.to_thread(store.is_asked.wait, 5)
            peer.writer.close()
            assert await asyncio.to_thread(is_over.wait, 5)

    asyncio.run(go())
    server.stop()
    assert store.is_cancelled.is_set()
    assert (ended, store.questions) == (["QuestionCancelled"] * 3, 1)
