"""Names: what a server answers, does not, or answers otherwise."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import dns.message
import dns.rrset
import pytest

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from tests.probing.servers.names import NameServer
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome, Result


@pytest.fixture(scope="module")
def server() -> NameServer:
    """What answers."""
    return NameServer()


@pytest.fixture(scope="module")
def port(background: Background, server: NameServer) -> int:
    """Where it answers."""
    return background.datagrams(server)


def ask(port: int, name: str, **settings: Any) -> Result:
    """One question to it."""
    seconds = settings.pop("seconds", 5.0)
    return look("dns", seconds=seconds, server="127.0.0.1", port=port, name=name, **settings)


@pytest.mark.parametrize(
    ("kind", "name", "expect"),
    [
        ("A", "shop.example", ["192.0.2.11", "192.0.2.10"]),
        ("A", "alias.example", ["192.0.2.10", "192.0.2.11"]),
        ("AAAA", "shop.example", ["2001:0DB8:0:0::10"]),
        ("MX", "shop.example.", ["10 mail.shop.example."]),
        ("TXT", "shop.example", ["v=spf1 -all"]),
        ("PTR", "192.0.2.10", ["shop.example"]),
    ],
)
def test_what_is_expected_is_compared_as_names_are(
    port: int, kind: str, name: str, expect: list[str]
) -> None:
    """In any order and case, with a last dot or without."""
    assert said(ask(port, name, type=kind, expect=expect)) == (Outcome.OK, "")


def test_answers_are_facts(port: int) -> None:
    """What was said, how long it is good for."""
    found = ask(port, "shop.example")
    assert found.facts["answers"] == ["192.0.2.10", "192.0.2.11"]
    assert (found.facts["rcode"], found.captured) == ("NOERROR", {"ttl": 60.0})
    assert "query" in found.phases


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nobody.example", "nxdomain"),
        ("broken.example", "servfail"),
        ("refused.example", "rcode"),
        ("garbage.example", "protocol"),
    ],
)
def test_each_fault_has_its_reason(port: int, name: str, reason: str) -> None:
    """What the server says instead of an answer."""
    assert said(ask(port, name)) == (Outcome.FAIL, reason)


def test_silence_is_a_timeout_and_a_lost_answer_is_asked_for_again(
    port: int, server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Datagrams get lost."""
    assert said(ask(port, "silent.example", seconds=0.3)) == (Outcome.FAIL, "timeout")
    monkeypatch.setattr("vedette.probing.name_server.TRY_SECONDS", 0.1)
    assert said(ask(port, "lossy.example")) == (Outcome.OK, "")


def test_a_changed_answer_is_told_with_the_difference(port: int, server: NameServer) -> None:
    """What is missing, and what is there besides."""
    found = ask(port, "shop.example", expect=["192.0.2.10"])
    assert said(found) == (Outcome.FAIL, "mismatch")
    assert found.evidence["besides"] == ["192.0.2.11"]
    assert said(ask(port, "shop.example", expect=["192.0.2.10"], match="contains"))[1] == ""
    found = ask(port, "shop.example", expect=["192.0.2.99"], match="contains")
    assert "without 192.0.2.99" in found.text
    assert ask(port, "shop.example", type="NS").reason == "mismatch"


def test_what_shall_not_exist_does_not(port: int) -> None:
    """The code may be what is asked for."""
    assert said(ask(port, "nobody.example", rcode="NXDOMAIN")) == (Outcome.OK, "")
    assert ask(port, "shop.example", rcode="NXDOMAIN").reason == "rcode"


def test_validation_is_asked_of_the_resolver(port: int) -> None:
    """The flag AD says that the resolver has validated."""
    assert said(ask(port, "shop.example", dnssec=True)) == (Outcome.OK, "")
    assert ask(port, "alias.example", dnssec=True).reason == "not_validated"


def test_an_answer_that_is_too_long_comes_by_tcp(background: Background) -> None:
    """A datagram that is cut is asked for again on a connection at the same port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack("!H", await reader.readexactly(2))
        query = dns.message.from_wire(await reader.readexactly(size))
        answer = dns.message.make_response(query)
        every = [f"192.0.2.{number}" for number in range(200)]
        answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", *every))
        wire = answer.to_wire(max_size=65535)
        writer.write(struct.pack("!H", len(wire)) + wire)
        await writer.drain()

    port = background.serve(serve)
    background.datagrams(NameServer(), port)
    found = ask(port, "large.example", expect=["192.0.2.199"], match="contains")
    assert said(found) == (Outcome.OK, "")


@pytest.mark.parametrize(
    ("settings", "field"),
    [({"name": "a..b"}, "name"), ({"type": "ANY"}, "type"), ({"server": "a b"}, "server")],
)
def test_what_cannot_be_asked_is_refused(settings: dict[str, Any], field: str) -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["dns"].prepare({"name": "a.example", **settings})
    assert list(caught.value.words) == [field]
