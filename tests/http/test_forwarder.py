"""The way to the pages: what passes, what is stopped, and what becomes of it when one side goes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.http.pages import Client, Seen, answer, forwarding, read_all
from vedette.http import forwarder as forwarder_module
from vedette.http.forwarder import Forwarder
from vedette.http.slots import Slots


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Tells what arrived."""
    body = await read_all(receive)
    told = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "headers": [(k.decode(), v.decode()) for k, v in scope["headers"]],
        "size": len(body),
        "sum": sum(body),
    }
    await answer(send, json.dumps(told).encode())


async def ask(forwarder: Forwarder, body: bytes = b"", **request: Any) -> Seen:
    client = Client(forwarder)
    client.begin(**request)
    for start in range(0, len(body), 1 << 16):
        client.body(body[start : start + (1 << 16)], more=True)
    client.body()
    return await asyncio.wait_for(client.whole(), 10)


def test_a_request_arrives_as_it_was_sent(tmp_path: Path) -> None:
    """Method, path, query, headers and body; several on one connection."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            for _ in range(3):
                seen = await ask(
                    forwarder,
                    b"x" * 1000,
                    path="/a%20b",
                    method="POST",
                    query=b"q=1&r=%C3%A9",
                    headers={"Cookie": "a=b"},
                )
                told = json.loads(seen.body)
                assert seen.status == 200
                assert (told["method"], told["path"], told["query"]) == (
                    "POST", "/a b", "q=1&r=%C3%A9",
                )  # fmt: skip
                assert told["size"] == 1000
                assert ["cookie", "a=b"] in told["headers"]

    asyncio.run(go())


def test_only_the_door_says_who_the_client_is(tmp_path: Path) -> None:
    """The private header and X-Forwarded-For of a client never reach the pages."""
    lies = {"X-Vedette-Client": "6.6.6.6", "X-Forwarded-For": "6.6.6.6, 203.0.113.9"}

    async def client_of(trusted: int) -> list[str]:
        async with forwarding(tmp_path / str(trusted), echo, trusted_proxies=trusted) as forwarder:
            told = json.loads((await ask(forwarder, headers=lies, peer="198.51.100.1")).body)
            assert "x-forwarded-for" not in dict(told["headers"])
            return [value for name, value in told["headers"] if name == "x-vedette-client"]

    for number in ("0", "1"):
        (tmp_path / number).mkdir()
    assert asyncio.run(client_of(0)) == ["198.51.100.1"]
    assert asyncio.run(client_of(1)) == ["203.0.113.9"]


def test_a_large_body_passes_through_a_file(tmp_path: Path) -> None:
    """5 MB arrive whole, and nothing is left in the folder."""
    body = bytes(range(256)) * (20 << 10)

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            told = json.loads((await ask(forwarder, body, method="POST")).body)
            assert (told["size"], told["sum"]) == (len(body), sum(body))

    asyncio.run(go())
    assert list(tmp_path.glob("*.body")) == []


def test_a_head_request_is_answered_without_a_body(tmp_path: Path) -> None:
    """The headers say how long it would be."""

    async def page(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await answer(send, b"hello")

    async def go() -> None:
        async with forwarding(tmp_path, page) as forwarder:
            seen = await ask(forwarder, method="HEAD")
            assert (seen.status, seen.body, seen.headers["content-length"]) == (200, b"", "5")
            assert (await ask(forwarder)).body == b"hello"

    asyncio.run(go())


def test_server_sent_events_pass_at_once_and_end_with_their_reader(tmp_path: Path) -> None:
    """Each event is here before the next one is sent; leaving ends the stream at the pages."""
    tick = asyncio.Event()
    ended = asyncio.Event()

    async def stream(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await read_all(receive)
        leaving = asyncio.ensure_future(receive())
        for number in range(2):
            data = b"data: %d\n\n" % number
            await send({"type": "http.response.body", "body": data, "more_body": True})
            await tick.wait()
        assert (await leaving)["type"] == "http.disconnect"
        ended.set()

    async def go() -> None:
        async with forwarding(tmp_path, stream) as forwarder:
            client = Client(forwarder)
            client.begin(path="/live/", headers={"Accept": "text/event-stream"})
            client.body()
            assert (await client.sent.get())["status"] == 200
            assert (await client.sent.get())["body"] == b"data: 0\n\n"
            tick.set()
            assert (await client.sent.get())["body"] == b"data: 1\n\n"
            assert forwarder.streams.busy == 1
            client.leave()
            await asyncio.wait_for(ended.wait(), 5)
            assert client.task is not None
            await client.task
            assert forwarder.streams.busy == 0

    asyncio.run(go())


def test_pages_that_are_down_are_said_so_at_once(tmp_path: Path) -> None:
    """A calm page for people, JSON for programs, both 503."""

    async def go() -> None:
        forwarder = Forwarder(
            tmp_path / "nobody.sock", tmp_path, trusted_proxies=0, body_seconds=1.0
        )
        page = await ask(forwarder, path="/issues/")
        assert (page.status, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert b"starting" in page.body
        api = await ask(forwarder, path="/api/0/projects/")
        assert (api.status, list(json.loads(api.body))) == (503, ["detail"])

    asyncio.run(go())


def test_pages_that_hang_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a fresh connection and on a kept one; the place is free again afterwards."""
    monkeypatch.setattr(forwarder_module, "_ANSWER_SECONDS", 0.2)

    async def hang(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/hang":
            await receive()
            await receive()
        else:
            await answer(send, b"done")

    async def go() -> None:
        async with forwarding(tmp_path, hang) as forwarder:
            assert (await ask(forwarder, path="/hang")).status == 503
            assert (await ask(forwarder)).status == 200
            assert (await ask(forwarder, path="/hang")).status == 503
            assert forwarder.pages.busy == 0

    asyncio.run(go())


def test_pages_that_die_on_a_request_are_replaced_for_the_next(tmp_path: Path) -> None:
    """A kept connection that has ended is not taken for dead pages."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            assert (await ask(forwarder)).status == 200
        (tmp_path / "pages.sock").unlink()
        async with forwarding(tmp_path, echo) as again:
            again._idle.extend(forwarder._idle)
            assert (await ask(again)).status == 200

    asyncio.run(go())


def test_a_body_that_stays_away_takes_no_place_at_the_pages(tmp_path: Path) -> None:
    """It is 408 after its time; meanwhile the pages have not heard of it."""
    asked = []

    async def page(scope: dict[str, Any], receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await answer(send, b"")

    async def go() -> None:
        async with forwarding(tmp_path, page, body_seconds=0.2) as forwarder:
            slow = Client(forwarder)
            slow.begin("/slow", method="POST", headers={"Content-Length": "10"})
            slow.body(b"1", more=True)
            assert forwarder.pages.busy == 0
            assert (await asyncio.wait_for(slow.whole(), 5)).status == 408
            assert (await ask(forwarder, path="/next")).status == 200

    asyncio.run(go())
    assert asked == ["/next"]


def test_more_requests_than_places_wait_and_then_hear_503(tmp_path: Path) -> None:
    """The line is bounded, and a place that becomes free goes to who waits."""
    release = asyncio.Event()

    async def page(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await release.wait()
        await answer(send, b"done")

    async def go() -> None:
        async with forwarding(tmp_path, page) as forwarder:
            forwarder.pages = Slots(most=1, line=1, seconds=5, share=10, at_once=10)
            clients = [Client(forwarder) for _ in range(3)]
            for client in clients:
                client.begin()
                client.body()
                await asyncio.sleep(0.05)
            assert (await clients[2].whole()).status == 503
            release.set()
            assert [(await client.whole()).status for client in clients[:2]] == [200, 200]

    asyncio.run(go())


def test_one_address_cannot_take_every_place(tmp_path: Path) -> None:
    """Beyond its share it hears 503 while others are served."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            forwarder.pages = Slots(most=4, line=4, seconds=5, share=1, at_once=10)
            async with forwarder.pages.take("192.0.2.1"):
                answer = await ask(forwarder, peer="192.0.2.1")
                assert answer.status == 503
                assert b"Many requests at once" in answer.body
                assert (await ask(forwarder, peer="192.0.2.2")).status == 200

    asyncio.run(go())


def test_one_address_is_at_work_with_its_turns_at_most() -> None:
    """Its further requests wait, are served when the first are done, and hold up nobody else."""

    async def go() -> None:
        slots = Slots(most=4, line=10, seconds=5, share=8, at_once=2)
        release = asyncio.Event()

        async def work() -> None:
            async with slots.take("192.0.2.1"):
                await release.wait()

        working = [asyncio.ensure_future(work()) for _ in range(6)]
        await asyncio.sleep(0)
        assert (slots.busy, slots.waiting) == (2, 4)
        async with asyncio.timeout(5), slots.take("192.0.2.2"):
            assert slots.busy == 3
        release.set()
        async with asyncio.timeout(5):
            await asyncio.gather(*working)
        assert (slots.busy, slots.waiting) == (0, 0)

    asyncio.run(go())


def test_a_subscriber_of_ipv6_has_one_share(tmp_path: Path) -> None:
    """However many addresses of its network it uses."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            forwarder.pages = Slots(most=4, line=4, seconds=5, share=1, at_once=10)
            async with forwarder.pages.take("2001:db8:1:2::/64"):
                assert (await ask(forwarder, peer="2001:db8:1:2::77")).status == 503
                assert (await ask(forwarder, peer="2001:db8:1:3::77")).status == 200

    asyncio.run(go())


@pytest.mark.parametrize(
    ("path", "method"), [("/issues/", "GET"), ("/live/more", "GET"), ("/live/", "POST")]
)
def test_a_client_cannot_call_a_page_a_stream(tmp_path: Path, path: str, method: str) -> None:
    """What it says that it accepts gives it no place among the streams."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            forwarder.pages = Slots(most=0, line=0, seconds=1, share=10, at_once=10)
            accept = {"Accept": "text/event-stream"}
            assert (await ask(forwarder, path=path, method=method, headers=accept)).status == 503

    asyncio.run(go())


def test_the_stream_is_known_below_a_path_prefix(tmp_path: Path) -> None:
    """Whether the proxy in front takes the prefix away or leaves it."""

    async def go() -> None:
        async with forwarding(tmp_path, echo, prefix="/watch") as forwarder:
            forwarder.pages = Slots(most=0, line=0, seconds=1, share=10, at_once=10)
            for path in ("/live/", "/watch/live/"):
                assert (await ask(forwarder, path=path)).status == 200

    asyncio.run(go())


@pytest.mark.parametrize("query", [b"a=\xff\xfe", b"\xc3\xa9"])
def test_bytes_beyond_ascii_in_the_query_are_encoded(tmp_path: Path, query: bytes) -> None:
    """The pages' server takes only ASCII there."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            told = json.loads((await ask(forwarder, query=query)).body)
            assert "%" in told["query"]

    asyncio.run(go())


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
def test_methods_of_proxies_never_reach_the_pages(tmp_path: Path, method: str) -> None:
    """Their server would take CONNECT for a wish to speak another protocol."""

    async def go() -> None:
        async with forwarding(tmp_path, echo) as forwarder:
            assert (await ask(forwarder, method=method)).status == 405

    asyncio.run(go())


async def refuse_unread(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers without having read the body, as a page does that does not exist."""
    await answer(send, b"not here")


@pytest.mark.parametrize("size", [100, 2 << 20, 20 << 20])
def test_an_answer_before_the_body_was_read_arrives(tmp_path: Path, size: int) -> None:
    """And the requests after it get their own answers."""

    async def go() -> None:
        async with forwarding(tmp_path, refuse_unread) as forwarder:
            for _ in range(3):
                seen = await ask(forwarder, b"x" * size, method="POST")
                assert (seen.status, seen.body) == (200, b"not here")
                assert (await ask(forwarder)).body == b"not here"

    asyncio.run(go())
