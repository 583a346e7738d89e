"""Mail servers: aiosmtpd, and servers that say the wrong thing."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import NAME, authority, pairs
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome, Result


class Handler:
    """Takes mail for `shop.example` only."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Say whether the recipient is known."""
        if not address.endswith("@shop.example"):
            return "550 nobody of that name"
        if address.startswith("full"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    del server, session, envelope, mechanism
    return AuthResult(success=data.password == b"hunter22", handled=False)


@pytest.fixture(scope="module")
def port(background: Background, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A mail server that offers STARTTLS."""
    context = pairs()["good"].server(tmp_path_factory.mktemp("smtp"))

    async def start() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: SMTP(Handler(), hostname=NAME, tls_context=context, authenticator=_login),
            "127.0.0.1",
            0,
        )

    server = background.do(start())
    yield server.sockets[0].getsockname()[1]
    background.loop.call_soon_threadsafe(server.close)


def ask(port: int, **settings: Any) -> Result:
    """One conversation, its certificate trusted unless it is said otherwise."""
    seconds = settings.pop("seconds", 5.0)
    given = {"host": "127.0.0.1", "port": port, "authorities": authority().pem} | settings
    return look("smtp", seconds=seconds, **given)


def test_a_server_is_greeted_with_tls(port: int) -> None:
    """Banner, EHLO, TLS, EHLO again, NOOP: every step measured, the certificate a fact."""
    found = ask(port, recipient="postmaster@shop.example")
    assert said(found) == (Outcome.OK, ""), found
    phases = ["connect", "banner", "ehlo", "tls", "recipient", "noop"]
    assert list(found.phases) == phases
    assert NAME in found.facts["banner"]
    assert found.facts["certificate"]["days"] > 80
    assert said(ask(port, security="none")) == (Outcome.OK, "")
    assert said(ask(port, authorities="")) == (Outcome.FAIL, "tls")


def test_who_is_not_known_and_what_is_full_is_told(port: int) -> None:
    """A recipient that is refused for good and one for now."""
    assert said(ask(port, recipient="a@other.example")) == (Outcome.FAIL, "recipient")
    found = ask(port, recipient="full@shop.example")
    assert said(found) == (Outcome.FAIL, "temporary")
    assert found.status == 451


def test_credentials_are_tried_with_tls_only(port: int) -> None:
    """A password is taken or not, and is in no result."""
    good = ask(port, user="alice", password="hunter22")
    assert said(good) == (Outcome.OK, ""), good
    bad = ask(port, user="alice", password="wrong-password")
    assert said(bad) == (Outcome.FAIL, "auth")
    assert "wrong-password" not in repr(bad)


def test_credentials_that_a_server_says_again_are_not_shown(
    background: Background, tmp_path: Path
) -> None:
    """A server that puts the line it refuses into its answer gives no password away."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        await reader.readline()
        writer.write(b"250 shop.example\r\n")
        line = await reader.readline()
        writer.write(b"535 what is " + line)
        await writer.drain()
        await reader.read()

    port = background.serve(talk, pairs()["good"].server(tmp_path))
    found = ask(port, security="tls", user="alice", password="hunter22")
    assert said(found) == (Outcome.FAIL, "auth")
    assert base64.b64encode(b"\0alice\0hunter22").decode() not in repr(found)
    assert "what is AUTH PLAIN [secret]" in found.text


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ([b"421 too busy\r\n"], "temporary"),
        ([b"451 try later\r\n"], "temporary"),
        ([b"550 you are not welcome\r\n"], "permanent"),
        ([b"220 hi\r\n", b"550 no\r\n"], "permanent"),
        ([b"220 hi\r\n", b"250 shop.example\r\n"], "starttls"),
        ([b"220 hi\r\n", b"250-a\r\n250 STARTTLS\r\n", b"454 not now\r\n"], "starttls"),
        ([b"HTTP/1.1 400 Bad Request\r\n"], "protocol"),
        ([b"220 hi\r\n", b""], "reset"),
    ],
)
def test_what_a_server_refuses_has_its_reason(
    background: Background, says: list[bytes], reason: str
) -> None:
    """At every step of the conversation."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number, line in enumerate(says):
            if number:
                await reader.readline()
            writer.write(line)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    assert said(ask(background.serve(serve))) == (Outcome.FAIL, reason)


def test_a_server_that_hangs_is_a_timeout(background: Background) -> None:
    """No banner comes."""

    async def wait(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    found = ask(background.serve(wait), seconds=0.3)
    assert said(found) == (Outcome.FAIL, "timeout")
    assert "banner" in found.text


def test_tls_from_the_start(background: Background, tmp_path: Path) -> None:
    """As at port 465."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        for answer in (b"250 hi\r\n", b"250 ok\r\n"):
            await reader.readline()
            writer.write(answer)

    port = background.serve(serve, pairs()["good"].server(tmp_path))
    assert said(ask(port, security="tls")) == (Outcome.OK, "")


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"recipient": "nobody"}, "recipient"),
        ({"recipient": "a@b.example>\r\nDATA"}, "recipient"),
        ({"hello": "a b"}, "hello"),
        ({"user": "a"}, "password"),
        ({"user": "a", "password": "b", "security": "none"}, "security"),
    ],
)
def test_what_cannot_be_used_is_refused(settings: dict[str, Any], field: str) -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["smtp"].prepare({"host": "a.example", **settings})
    assert list(caught.value.words) == [field]
