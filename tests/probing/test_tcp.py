"""Ports: who listens, what is said, TLS in the middle of a conversation."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import NAME, authority, pairs
from vedette.probing import names
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome


async def greeter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greets, and answers one line."""
    writer.write(b"220 mail.example ESMTP\r\n")
    line = await reader.readline()
    writer.write(b"+PONG\r\n" if line == b"PING\r\n" else b"-ERR\r\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@pytest.fixture(scope="module")
def port(background: Background) -> int:
    """Where the greeter listens."""
    return background.serve(greeter)


def test_a_port_that_takes_connections_is_well(port: int) -> None:
    """Nothing has to be said."""
    assert said(look("tcp", host="127.0.0.1", port=port)) == (Outcome.OK, "")


def test_what_is_expected_may_come_in_parts(port: int) -> None:
    """The answer to what is sent is waited for."""
    found = look("tcp", host="127.0.0.1", port=port, send=r"PING\r\n", expect="*+PONG*")
    assert said(found) == (Outcome.OK, "")
    assert "answer" in found.phases
    assert look("tcp", host="127.0.0.1", port=port, expect="/^220 /").reason == ""


def test_another_answer_is_told_and_shown(port: int) -> None:
    """What was said is the evidence, also where the time ran out."""
    found = look("tcp", host="127.0.0.1", port=port, send=r"HELP\r\n", expect="*PONG*")
    assert said(found) == (Outcome.FAIL, "expect")
    assert "-ERR" in found.evidence["body"]
    found = look("tcp", seconds=0.3, host="127.0.0.1", port=port, expect="*PONG*")
    assert said(found) == (Outcome.FAIL, "timeout")
    assert "220 mail.example" in found.evidence["body"]


def test_a_refused_connection_has_its_own_reason() -> None:
    """The host is there and nobody listens."""
    assert said(look("tcp", host="127.0.0.1", port=9)) == (Outcome.FAIL, "refused")


def test_ipv6_is_an_address_like_another(background: Background) -> None:
    """With brackets or without."""
    port = background.serve(greeter, host="::1")
    assert look("tcp", host="::1", port=port).facts["address"] == "::1"
    assert said(look("tcp", host="[::1]", port=port)) == (Outcome.OK, "")


def test_the_next_address_is_tried_where_one_does_not_answer(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name has two addresses and the server listens at one of them."""
    monkeypatch.setattr(names, "_names", names.Names(lambda _: ["127.0.0.1", "::1"]))
    for host, other in (("127.0.0.1", "::1"), ("::1", "127.0.0.1")):
        port = background.serve(greeter, host=host)
        while not _is_free(other, port):
            port = background.serve(greeter, host=host)
        found = look("tcp", host="both.example", port=port)
        assert (said(found), found.facts["address"]) == ((Outcome.OK, ""), host)


def _is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as held:
        return held.connect_ex((host, port)) != 0


WAYS = {
    "smtp": ([b"220 hi\r\n"], [(b"EHLO", b"250-a\r\n250 b\r\n"), (b"STARTTLS", b"220 go\r\n")]),
    "imap": ([b"* OK hi\r\n"], [(b"a1 STARTTLS", b"* x\r\na1 OK go\r\n")]),
    "pop3": ([b"+OK hi\r\n"], [(b"STLS", b"+OK go\r\n")]),
    "ftp": ([b"220-hi\r\n220 hi\r\n"], [(b"AUTH TLS", b"234 go\r\n")]),
    "postgres": ([], [(b"\x00\x00\x00\x08\x04\xd2\x16\x2f", b"S")]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", ["", "refused", "injected"])
def test_tls_in_the_middle(background: Background, tmp_path: Path, way: str, fault: str) -> None:
    """Each protocol asks in its way; a refusal and what slips in before TLS are told."""
    context = pairs()["good"].server(tmp_path)
    greeting, turns = WAYS[way]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.writelines(greeting)
        for number, (asked, answer) in enumerate(turns):
            is_last = number == len(turns) - 1
            got = await (reader.readexactly(8) if way == "postgres" else reader.readline())
            assert got.startswith(asked)
            if is_last and fault == "refused":
                answer = (
                    b"N" if way == "postgres" else b"a1 NO\r\n" if way == "imap" else b"500 no\r\n"
                )
            writer.write(answer + b"250 injected\r\n" * (is_last and fault == "injected"))
        if not fault:
            loop = asyncio.get_running_loop()
            await writer.drain()
            await loop.start_tls(
                writer.transport, writer.transport.get_protocol(), context, server_side=True
            )
        await asyncio.sleep(1)

    found = look(
        "tcp",
        host="127.0.0.1",
        port=background.serve(serve),
        security=way,
        server_name=NAME,
        authorities=authority().pem,
    )
    reason = {"": "", "refused": "starttls", "injected": "protocol"}[fault]
    assert found.reason == reason, found
    assert ("tls" in found.facts) is not bool(fault)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"host": "a b"}, "host"),
        ({"port": 0}, "port"),
        ({"port": 2.5}, "port"),
        ({"expect": "/(/"}, "expect"),
        ({"send": "\\x4"}, "send"),
    ],
)
def test_what_cannot_be_used_is_refused(settings: dict[str, object], field: str) -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["tcp"].prepare({"host": "a.example", "port": 1, **settings})
    assert list(caught.value.words) == [field]


def test_one_address_inside_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to inside and outside at once is not connected to at all."""
    both = ["9.9.9.9", "169.254.169.254"]
    monkeypatch.setattr(names, "_names", names.Names(lambda _: both))
    found = look("tcp", host="both.example", port=80)
    assert said(found) == (Outcome.UNKNOWN, "config_error")
