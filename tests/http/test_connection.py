"""The door's connections: HTTP as clients speak it, and a bound for every way of wasting it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.http.pages import answer, read_all
from tests.http.wire import wire
from vedette.http import connection, guard
from vedette.http.guard import Guard

GET = b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Method, path and body."""
    body = await read_all(receive)
    await answer(send, f"{scope['method']} {scope['path']} ".encode() + body)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wait is short."""
    monkeypatch.setattr(guard, "_SWEEP_SECONDS", 0.05)
    for name in ("HEAD_SECONDS", "IDLE_SECONDS", "STALL_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(connection, name, 0.2)


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(work, 20)

    asyncio.run(bounded())


def test_requests_on_one_connection_are_answered_in_order() -> None:
    """Sent one after the other, or all at once."""

    async def go() -> None:
        async with wire(echo) as server:
            peer = await server.connect()
            for name in (b"one", b"two"):
                await peer.say(GET % name)
                assert (await peer.answer())[2] == b"GET /" + name + b" "
            await peer.say(GET % b"a" + GET % b"b" + GET % b"c")
            assert [(await peer.answer())[2] for _ in range(3)] == [
                b"GET /a ", b"GET /b ", b"GET /c ",
            ]  # fmt: skip

    run(go())


def test_bodies_come_with_a_length_in_chunks_or_on_demand() -> None:
    """Every way that SDKs send."""

    async def go() -> None:
        async with wire(echo) as server:
            peer = await server.connect()
            await peer.say(b"POST /l HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab")
            await peer.say(b"c")
            assert (await peer.answer())[2] == b"POST /l abc"
            await peer.say(b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            await peer.say(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
            assert (await peer.answer())[2] == b"POST /c abc"
            await peer.say(
                b"POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
            )
            assert await peer.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            await peer.say(b"abc")
            assert (await peer.answer())[2] == b"POST /e abc"

    run(go())


def test_a_large_body_is_read_as_fast_as_it_is_wanted() -> None:
    """Many times what is buffered."""

    async def count(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await answer(send, b"%d" % len(await read_all(receive)))

    async def go() -> None:
        async with wire(count) as server:
            peer = await server.connect()
            await peer.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n")
            await peer.say(b"x" * 8_000_000)
            assert (await peer.answer())[2] == b"8000000"

    run(go())


def test_old_and_odd_clients_are_served() -> None:
    """HTTP/1.0 is closed after its answer, HEAD has no body, an upgrade is not taken up."""

    async def go() -> None:
        async with wire(echo) as server:
            old = await server.connect()
            await old.say(b"GET /old HTTP/1.0\r\n\r\n")
            assert (await old.rest()).endswith(b"GET /old ")
            peer = await server.connect()
            await peer.say(b"HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await peer.reader.readuntil(b"\r\n\r\n")
            assert b"content-length: 8" in head
            await peer.say(
                b"GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
            )
            assert (await peer.answer())[0] == 200

    run(go())


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)), 431),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + (b"X: %b\r\n" % (b"y" * 9000)) * 9, 431),
        (b"GET /" + b"y" * 40_000 + b" HTTP/1.1\r\n", 414),
        (b"\x16\x03\x01 this is no request\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"GET http://[/ HTTP/1.1\r\n", 400),
    ],
)  # fmt: skip
def test_a_head_without_end_or_sense_is_refused(head: bytes, status: int) -> None:
    """Lines, bytes and their number are bounded, and the connection ends."""

    async def go() -> None:
        async with wire(echo) as server:
            peer = await server.connect()
            await peer.say(head + b"\r\n")
            assert (await peer.rest()).startswith(b"HTTP/1.1 %d" % status)

    run(go())


def test_a_line_that_never_ends_is_cut_off() -> None:
    """However slowly its pieces come, and also behind a body, as a trailer."""

    async def go() -> None:
        async with wire(echo) as server:
            starts = (
                b"GET / HTTP/1.1\r\nX: ",
                b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
            )
            for start in starts:
                peer = await server.connect()
                await peer.say(start)
                sent = 0
                while sent < 1 << 20 and not peer.reader.at_eof():
                    try:
                        await peer.say(b"y" * 5000)
                    except ConnectionError:
                        break
                    sent += 5000
                    await asyncio.sleep(0)
                assert sent < 1 << 20
                await peer.rest()

    run(go())


@pytest.mark.usefixtures("impatient")
def test_heads_that_do_not_come_are_waited_for_a_while() -> None:
    """The first one, one that stops in the middle, and one after an answer."""

    async def go() -> None:
        async with wire(echo) as server:
            silent = await server.connect()
            half = await server.connect()
            await half.say(b"GET / HTT")
            later = await server.connect()
            await later.say(GET % b"")
            await later.answer()
            await later.say(b"GET / HTTP/1.1\r\nHost")
            for peer in (silent, half, later):
                assert await peer.rest() == b""
            assert server.guard.expired == 3

    run(go())


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_is_not_read_ends_its_connection() -> None:
    """The application is told, so that it stops making more of it."""
    stopped = asyncio.Event()

    async def endless(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await read_all(receive)
        leaving = asyncio.ensure_future(receive())
        while not leaving.done():
            body = {"type": "http.response.body", "body": b"x" * 100_000, "more_body": True}
            await send(body)
            await asyncio.sleep(0)
        stopped.set()

    async def go() -> None:
        async with wire(endless) as server:
            peer = await server.connect(small_window=True)
            await peer.say(GET % b"")
            await asyncio.wait_for(stopped.wait(), 10)

    run(go())


@pytest.mark.usefixtures("impatient")
def test_an_early_answer_arrives_although_the_body_does_not_end() -> None:
    """A refusal is read by a client that is still sending; then the connection ends."""

    async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await answer(send, b"no", 413)

    async def go() -> None:
        async with wire(refuse) as server:
            peer = await server.connect()
            await peer.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n")
            await peer.say(b"x" * 100_000)
            assert (await peer.answer())[::2] == (413, b"no")
            assert await peer.rest() == b""

    run(go())


def test_a_body_that_nobody_wanted_is_no_next_request() -> None:
    """It is thrown away, the request after it is served, and each is seen once."""
    seen: list[str] = []

    async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await answer(send, b"no", 413)

    async def go() -> None:
        async with wire(refuse) as server:
            peer = await server.connect()
            await peer.say(b"POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n")
            assert (await peer.answer())[0] == 413
            for _ in range(3):
                await peer.say(b"x" * 100_000)
                await asyncio.sleep(0.02)
            await peer.say(GET % b"two")
            assert (await peer.answer())[0] == 413

    run(go())
    assert seen == ["/one", "/two"]


def test_what_an_application_does_wrong_is_its_own_request_s_end() -> None:
    """500 before its answer has begun; afterwards the connection breaks, so that it is seen."""

    async def broken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ConnectionAbortedError("as the forwarder does")

    async def go() -> None:
        async with wire(broken) as server:
            early = await server.connect()
            await early.say(GET % b"early")
            assert (await early.answer())[0] == 500
            late = await server.connect()
            await late.say(GET % b"late")
            assert not (await late.rest()).endswith(b"0\r\n\r\n")

    run(go())


def test_a_header_of_the_answer_cannot_hold_a_second_one() -> None:
    """A line break in a value is an error, not a header."""

    async def split(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [(b"x-note", b"a\r\nset-cookie: b")]
        with pytest.raises(ValueError, match="line break"):
            await send({"type": "http.response.start", "status": 200, "headers": headers})
        await answer(send, b"ok")

    async def go() -> None:
        async with wire(split) as server:
            peer = await server.connect()
            await peer.say(GET % b"")
            assert "set-cookie" not in (await peer.answer())[1]

    run(go())


def test_one_address_has_its_share_of_connections() -> None:
    """Beyond it a new one is closed at once; a place that becomes free is given again."""

    async def go() -> None:
        async with wire(echo, Guard(most=10, share=2)) as server:
            held = [await server.connect() for _ in range(2)]
            await asyncio.sleep(0.05)
            assert await (await server.connect()).rest() == b""
            held[0].writer.close()
            await asyncio.sleep(0.05)
            peer = await server.connect()
            await peer.say(GET % b"")
            assert (await peer.answer())[0] == 200

    run(go())


def test_when_all_places_are_taken_who_waits_longest_makes_room() -> None:
    """A flood of silent connections keeps no request out."""

    async def go() -> None:
        async with wire(echo, Guard(most=3, share=100)) as server:
            silent = []
            for _ in range(3):
                silent.append(await server.connect())
                await asyncio.sleep(0.02)
            peer = await server.connect()
            await peer.say(GET % b"")
            assert (await peer.answer())[0] == 200
            assert await silent[0].rest() == b""
            assert len(server.guard) == 3

    run(go())


def test_a_live_stream_does_not_keep_the_server_from_stopping() -> None:
    """It ends at once; a request that is under way is finished."""
    stopped: list[str] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await read_all(receive)
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        assert (await receive())["type"] == "http.disconnect"
        stopped.append(scope["path"])

    async def go() -> None:
        async with wire(app, graceful_seconds=600) as server:
            peer = await server.connect()
            await peer.say(GET % b"live")
            await peer.reader.readuntil(b"\r\n\r\n")
        assert stopped == ["/live"]

    run(go())
