"""Bytes that are nearly HTTP, on real connections: no 5xx, and the next request is served."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.http.wire import Wire, wire
from tests.ingest.doorway import EVENT, KEY, Doorway, doorway
from vedette.http.lag import Lag
from vedette.server import Server

HEAD = (
    f"POST /api/42/envelope/?sentry_key={KEY} HTTP/1.1\r\nHost: x\r\n"
    "Content-Type: application/x-sentry-envelope\r\nContent-Encoding: identity\r\n"
).encode()
GOOD = HEAD + b"Content-Length: %d\r\n\r\n" % len(EVENT) + EVENT
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(EVENT), EVENT)
PIECES = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"\0", b" ", b":", b"\xff", b"ffffffffffff", b"%zz", b"//", b"?",
        b"#", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"-1", b"\xc3\xa9", b"http://[",
        b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"Expect: 100-continue\r\n", b"HTTP/1.0",
        b"Connection: close\r\n", b"GET / HTTP/1.1\r\n\r\n",
    ]
)  # fmt: skip
PATIENCE_SECONDS = 0.02
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """Answers whatever is no request to the door."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doorway, Wire]]:
    """One server for all examples."""
    folder: Path = tmp_path_factory.mktemp("raw") / "data"
    with doorway(folder) as held:
        serving = wire(Server(held.door, pages, pages, Lag()))
        running = held.run(serving.__aenter__())
        yield held, running
        held.run(serving.__aexit__(None, None, None))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([GOOD, CHUNKED, GOOD + CHUNKED]),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 6), PIECES), min_size=1, max_size=4),
    st.integers(1, 700),
)
def test_what_is_nearly_http_is_no_fault_of_ours(
    server: tuple[Doorway, Wire], request: bytes, edits: list[tuple[int, int, bytes]], cut: int
) -> None:
    """Whole or in two parts: every answer is below 500, and a good request after it is a 200."""
    held, running = server
    for place, removed, piece in edits:
        place %= len(request)
        request = request[:place] + piece + request[place + removed :]

    async def send(data: bytes) -> bytes:
        peer = await running.connect()
        try:
            await peer.say(data[:cut])
            await asyncio.sleep(0)
            await peer.say(data[cut:])
            return await asyncio.wait_for(peer.reader.read(1 << 16), PATIENCE_SECONDS)
        except (ConnectionError, TimeoutError):
            return b""  # it waits for more, or has ended the connection
        finally:
            peer.writer.close()

    async def send_good() -> int:
        peer = await running.connect()
        await peer.say(GOOD)
        status, _, _ = await peer.answer()
        peer.writer.close()
        return status

    statuses = [int(found) for found in STATUS.findall(held.run(send(request)))]
    assert all(status < 500 for status in statuses)
    assert held.run(send_good()) == 200
