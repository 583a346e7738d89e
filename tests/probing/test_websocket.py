"""WebSockets: servers of the `websockets` package, with their faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome, Result


async def echo(socket: ServerConnection) -> None:
    """Says again what it is told."""
    async for message in socket:
        await socket.send(message)


async def chatty(socket: ServerConnection) -> None:
    """Says things that nobody asked for, in several frames, before it answers."""
    await socket.send('{"type": "welcome", "sessions": 3}')
    await socket.send(["in ", "parts"])
    async for _ in socket:
        await socket.send("the answer")


async def closing(socket: ServerConnection) -> None:
    """Closes with an error once it is spoken to."""
    async for _ in socket:
        await socket.close(1011, "it broke")


def refusing(_: ServerConnection, request: Request) -> Response | None:
    """Refuses to upgrade."""
    del request
    return Response(HTTPStatus.FORBIDDEN, "Forbidden", _headers(), b"not you")


def _headers() -> Any:
    from websockets.datastructures import Headers

    return Headers({"Content-Length": "7"})


@pytest.fixture(scope="module")
def listen(background: Background) -> Callable[..., str]:
    """Start a server; gives its address."""

    def start(handler: Callable[[ServerConnection], Awaitable[None]], **options: Any) -> str:
        async def begin() -> int:
            server = await serve(handler, "127.0.0.1", 0, **options)
            port: int = next(iter(server.sockets)).getsockname()[1]
            return port

        return f"ws://127.0.0.1:{background.do(begin())}/live"

    return start


def ask(url: str, *script: str, **settings: Any) -> Result:
    """One conversation."""
    seconds = settings.pop("seconds", 5.0)
    return look("websocket", seconds=seconds, url=url, script=list(script), **settings)


def test_a_socket_that_upgrades_answers_and_closes_is_well(listen: Callable[..., str]) -> None:
    """Every step has its time."""
    found = ask(listen(echo), "send hello", "expect hel*", "send {}", "check len($) == 0")
    assert said(found) == (Outcome.OK, ""), found
    assert list(found.phases) == ["connect", "upgrade", "ping", "script", "close"]
    assert found.facts["clean_close"] is True


def test_others_messages_are_skipped_only_where_that_is_asked_for(
    listen: Callable[..., str],
) -> None:
    """`await` waits for its message, `expect` takes the next one; parts are put together."""
    url = listen(chatty)
    check = ("check $.sessions >= 1", "expect in parts", "send a", "expect the answer")
    assert said(ask(url, *check)) == (Outcome.OK, "")
    assert said(ask(url, "send a", "await the answer")) == (Outcome.OK, "")
    found = ask(url, "send a", "expect the answer")
    assert said(found) == (Outcome.FAIL, "expect")
    assert "welcome" in found.evidence["body"]
    assert ask(url, "check $.sessions == 0").text == "$.sessions == 0: found 3"
    assert ask(url, 'check $.sessions == "3"').outcome is Outcome.UNKNOWN


def test_a_refused_upgrade_has_its_status(listen: Callable[..., str]) -> None:
    """The status and what was said are shown."""
    found = ask(listen(echo, process_request=refusing))
    assert said(found) == (Outcome.FAIL, "upgrade_status")
    assert (found.status, found.evidence["body"]) == (403, "not you")


def test_a_web_server_is_no_socket(at: str) -> None:
    """It answers 200 where 101 is due."""
    found = ask(at.replace("http", "ws"))
    assert said(found) == (Outcome.FAIL, "upgrade_status")
    assert found.status == 200
    assert ask(at.replace("http", "ws") + "/garbage").reason == "protocol"


def test_no_pong_is_told(background: Background) -> None:
    """A server that upgrades and then says nothing."""
    from websockets.server import ServerProtocol

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocol = ServerProtocol()
        while not (events := protocol.events_received()):
            protocol.receive_data(await reader.read(4096))
        assert isinstance(events[0], Request)
        protocol.send_response(protocol.accept(events[0]))
        writer.writelines(protocol.data_to_send())
        await asyncio.sleep(5)

    url = f"ws://127.0.0.1:{background.serve(silent)}/"
    assert said(ask(url, seconds=0.5)) == (Outcome.FAIL, "ping_timeout")
    assert said(ask(url, "expect x", seconds=0.5, ping=False)) == (Outcome.FAIL, "timeout")
    found = ask(url, ping=False)
    assert (found.reason, found.facts["clean_close"]) == ("", False)


def test_a_server_that_closes_with_an_error_is_told(listen: Callable[..., str]) -> None:
    """The code is shown."""
    found = ask(listen(closing), "send a", "expect a")
    assert said(found) == (Outcome.FAIL, "closed")
    assert found.evidence["code"] == 1011
    assert "it broke" in found.text


def test_headers_origin_and_subprotocols_are_sent(listen: Callable[..., str]) -> None:
    """As they are filled in; a server that chooses none of the protocols fails."""
    seen: list[Request] = []

    def note(_: ServerConnection, request: Request) -> None:
        seen.append(request)

    url = listen(echo, process_request=note, subprotocols=["chat.v2"])
    found = ask(
        url,
        subprotocols=["chat.v1", "chat.v2"],
        origin="https://shop.example",
        token="token-of-mine",
        secret_headers="X-Key: key-of-mine",
    )
    assert (said(found), found.facts["subprotocol"]) == ((Outcome.OK, ""), "chat.v2")
    assert seen[0].headers["Origin"] == "https://shop.example"
    assert seen[0].headers["Authorization"] == "Bearer token-of-mine"
    assert seen[0].headers["X-Key"] == "key-of-mine"
    assert ask(listen(echo), subprotocols=["chat.v1"]).reason in ("protocol", "upgrade_status")


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"url": "https://a.example"}, "url"),
        ({"script": ["shout hello"]}, "script"),
        ({"script": ["expect /(/"]}, "script"),
        ({"script": ["check status == 200"]}, "script"),
    ],
)
def test_what_cannot_be_used_is_refused(settings: dict[str, Any], field: str) -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["websocket"].prepare({"url": "wss://a.example/", **settings})
    assert list(caught.value.words) == [field]
