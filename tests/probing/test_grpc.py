"""gRPC health against a server of the grpcio package, and against what is none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import NAME, authority
from tests.probing.servers.web import Web
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome, Result

if TYPE_CHECKING:
    from tests.probing.servers.grpc import Server

pytest.importorskip("grpc_health")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """It runs in this process, on threads of its own."""
    from tests.probing.servers.grpc import serving

    with serving() as held:
        yield held


def ask(port: int, **settings: Any) -> Result:
    """One question without TLS, unless it is said otherwise."""
    seconds = settings.pop("seconds", 5.0)
    given = {"host": "127.0.0.1", "port": port, "tls": False} | settings
    return look("grpc", seconds=seconds, **given)


def test_a_server_that_serves_is_well(server: Server) -> None:
    """As a whole, and a service of it."""
    found = ask(server.port)
    assert said(found) == (Outcome.OK, ""), found
    assert (found.facts["state"], list(found.phases)) == ("SERVING", ["connect", "check"])
    assert said(ask(server.port, service="shop.v1.Orders")) == (Outcome.OK, "")


@pytest.mark.parametrize(
    ("service", "reason"), [("shop.v1.Mails", "not_serving"), ("shop.v1.None", "service_unknown")]
)
def test_a_service_that_does_not_serve_is_told(server: Server, service: str, reason: str) -> None:
    """It says so itself, or nobody knows it."""
    assert said(ask(server.port, service=service)) == (Outcome.FAIL, reason)


def test_a_server_without_health_is_told(server: Server) -> None:
    """It has to implement the service."""
    assert said(ask(server.empty)) == (Outcome.FAIL, "unimplemented")


def test_metadata_is_sent_and_not_shown(server: Server) -> None:
    """A word that is refused is in no result, even if the server says it again."""
    assert said(ask(server.port, metadata="X-Word: please")) == (Outcome.OK, "")
    found = ask(server.port, metadata="X-Word: word-of-mine")
    assert said(found) == (Outcome.FAIL, "auth")
    assert "word-of-mine" not in repr(found)


def test_tls_is_checked(server: Server) -> None:
    """With HTTP/2 agreed on in the handshake."""
    found = ask(server.tls_port, tls=True, server_name=NAME, authorities=authority().pem)
    assert said(found) == (Outcome.OK, ""), found
    assert found.facts["alpn"] == "h2"
    assert said(ask(server.tls_port, tls=True)) == (Outcome.FAIL, "tls")


def test_what_is_no_grpc_is_told(background: Background) -> None:
    """A web server of the older protocol, one that hangs, one that closes."""
    assert ask(background.serve(Web()), seconds=1).reason == "protocol"

    async def talks(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3)
        await writer.drain()
        await asyncio.sleep(1)

    found = ask(background.serve(talks))
    assert said(found) == (Outcome.FAIL, "protocol"), found

    async def wait(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    assert said(ask(background.serve(wait), seconds=0.3)) == (Outcome.FAIL, "timeout")


@pytest.mark.parametrize(
    ("settings", "field"), [({"service": "a b"}, "service"), ({"metadata": "word"}, "metadata")]
)
def test_what_cannot_be_used_is_refused(settings: dict[str, Any], field: str) -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["grpc"].prepare({"host": "a.example", "port": 1, **settings})
    assert list(caught.value.words) == [field]
