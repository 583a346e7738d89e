"""STUN and TURN against coturn: red with the reason while the port is open."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.probing.looking import LOOPBACK, look, said
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import NAME, authority
from tests.probing.servers.programs import go_on, open_sockets, stand_still, wait_for
from tests.probing.servers.turn import SECRET, Turn, coturn
from vedette.outgoing.addresses import read_networks
from vedette.probing.around import Around
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.kinds.turn import made_of
from vedette.probing.result import Outcome, Result
from vedette.probing.running import Run
from vedette.probing.security import DEFAULT
from vedette.probing.turn.echoing import open_echo
from vedette.probing.turn.messages import Attribute, Kind, Message, decode, encode
from vedette.probing.turn.session import Session
from vedette.probing.turn.wires import open_wire


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    """A server with a shared secret that relays to loopback."""
    folder = tmp_path_factory.mktemp("turn")
    with coturn(folder, "allow-loopback-peers", ports=(20000, 22999)) as server:
        yield server


def ask(turn: Turn, **settings: Any) -> Result:
    """One check with the right secret, unless it is said otherwise."""
    seconds = settings.pop("seconds", 5.0)
    if not settings.keys() & {"secret", "password"}:
        settings["secret"] = SECRET
    return look("turn", seconds=seconds, **{"host": "127.0.0.1", "port": turn.port} | settings)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_bytes_go_through_the_relay_and_back(turn: Turn, transport: str) -> None:
    """By datagrams and on a connection, every step measured, nothing left."""
    found = ask(turn, transport=transport)
    assert said(found) == (Outcome.OK, ""), found
    assert list(found.phases)[-5:] == ["allocate", "echo", "bind", "relay", "delete"]
    assert found.facts["relayed"].startswith("127.0.0.1:2")
    wait_for(lambda: turn.allocations() == 0, "an allocation is left")
    assert SECRET not in repr(found)


def test_bytes_go_through_the_relay_by_tls(turn: Turn) -> None:
    """The certificate is checked and told."""
    settings = {"transport": "tls", "port": turn.tls_port, "authorities": authority().pem}
    found = ask(turn, **settings)
    assert said(found) == (Outcome.OK, ""), found
    assert found.facts["certificate"]["names"][0] == NAME
    assert ask(turn, transport="tls", port=turn.tls_port).reason == "tls"


def _expired() -> dict[str, str]:
    digest = hmac.new(SECRET.encode(), b"1:vedette", hashlib.sha1).digest()
    return {"user": "1:vedette", "password": base64.b64encode(digest).decode()}


@pytest.mark.parametrize(
    "given", [{"secret": "wrong-secret"}, _expired()], ids=["wrong", "expired"]
)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_credentials_that_are_refused_are_red_while_the_port_is_open(
    turn: Turn, given: dict[str, str], transport: str
) -> None:
    """A wrong secret and expired credentials: 401."""
    assert said(ask(turn, transport=transport, **given)) == (Outcome.FAIL, "401")
    assert said(look("stun", host="127.0.0.1", port=turn.port)) == (Outcome.OK, "")


def test_users_with_passwords_are_known_too(tmp_path: Path) -> None:
    """Long-term credentials of a user; a wrong password is 401, a quota 486."""
    options = ("lt-cred-mech", "user=vedette:hunter22", "allow-loopback-peers", "user-quota=1")
    with coturn(tmp_path, *options, ports=(23000, 23099)) as server:
        good = {"user": "vedette", "password": "hunter22"}
        with held(server, "vedette", "hunter22"):
            assert said(ask(server, **good)) == (Outcome.FAIL, "486")
        assert ask(server, user="vedette", password="wrong").reason == "401"
        wait_for(lambda: said(ask(server, **good)) == (Outcome.OK, ""), "the quota is not freed")


def test_a_denied_peer_is_told(tmp_path: Path) -> None:
    """A server that relays nothing to loopback says 403, and the address is given back."""
    with coturn(tmp_path, ports=(23100, 23199)) as server:
        assert said(ask(server)) == (Outcome.FAIL, "403")
        wait_for(lambda: server.allocations() == 0, "an allocation is left")


def test_a_pool_of_ports_that_is_used_up_is_told(tmp_path: Path) -> None:
    """The only port of the relay is somebody else's: 508."""
    with coturn(tmp_path, "allow-loopback-peers", ports=(23200, 23200)) as server:
        made = made_of(SECRET, "somebody")
        with held(server, made.user, made.password):
            assert said(ask(server)) == (Outcome.FAIL, "508")
        wait_for(lambda: server.allocations() == 0, "an allocation is left")
        assert said(ask(server)) == (Outcome.OK, "")


class held:  # noqa: N801 - reads as a function
    """Somebody else holds an address of the relay meanwhile."""

    def __init__(self, turn: Turn, user: str, password: str) -> None:
        from vedette.probing.turn.session import Credentials

        self._turn, self._credentials = turn, Credentials(user, password)
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> None:
        self._loop.run_until_complete(self._allocate())

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _allocate(self) -> None:
        run = Run(Around(allowed=LOOPBACK))
        self._wire = open_wire(run, "udp", "127.0.0.1", self._turn.port, DEFAULT, "")
        self._session = Session(await self._wire.__aenter__(), self._credentials)
        await self._session.allocate()

    async def _end(self) -> None:
        await self._session.delete()
        await self._wire.__aexit__(None, None, None)
        await asyncio.sleep(0)


def test_a_server_that_stands_still_is_a_timeout(tmp_path: Path) -> None:
    """Stopped as by SIGSTOP: the port is open, nothing comes back."""
    with coturn(tmp_path, "allow-loopback-peers", ports=(23300, 23399)) as server:
        stand_still(server.process.pid)
        assert said(ask(server, seconds=0.5)) == (Outcome.FAIL, "timeout")
        assert said(ask(server, seconds=0.5, transport="tcp")) == (Outcome.FAIL, "timeout")
        found = look("stun", seconds=4, host="127.0.0.1", port=server.port)
        assert said(found) == (Outcome.FAIL, "timeout")
        go_on(server.process.pid)
        assert said(ask(server)) == (Outcome.OK, "")


def test_nobody_at_the_port_is_told() -> None:
    """The system says so at once, also of datagrams."""
    found = look("turn", host="127.0.0.1", port=9, secret=SECRET)
    assert said(found) == (Outcome.FAIL, "connect")


def test_a_relay_that_loses_everything_is_told_and_left_clean(turn: Turn) -> None:
    """A peer that says nothing: `relay_timeout`, or the deadline before; nothing stays."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        peer = f"127.0.0.1:{silent.getsockname()[1]}"
        assert said(ask(turn, peer=peer)) == (Outcome.FAIL, "relay_timeout")
        assert said(ask(turn, peer=peer, seconds=0.4)) == (Outcome.FAIL, "timeout")
    wait_for(lambda: turn.allocations() == 0, "an allocation is left")


def test_a_named_peer_that_echoes_is_enough(turn: Turn, background: Background) -> None:
    """An echo server of one's own in place of the probe."""
    port = background.datagrams(lambda data: data)
    assert said(ask(turn, peer=f"127.0.0.1:{port}")) == (Outcome.OK, "")


def test_a_thousand_checks_leave_no_allocation(turn: Turn) -> None:
    """Also those that are cut off in the middle."""
    settings = {"host": "127.0.0.1", "port": turn.port, "secret": SECRET}
    probe = probes()["turn"].prepare(settings)
    around = Around(seconds=5, allowed=LOOPBACK)

    async def main() -> list[Result]:
        found: list[Result] = []
        for _ in range(50):
            tasks = [asyncio.create_task(probe(around)) for _ in range(20)]
            await asyncio.sleep(0.002)
            tasks[0].cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            found += [one for one in done if isinstance(one, Result)]
        return found

    found = asyncio.run(main())
    assert {said(one) for one in found} == {(Outcome.OK, "")}
    assert len(found) >= 950
    wait_for(lambda: turn.allocations() == 0, "an allocation is left")
    assert open_sockets(turn.port, "udp") == 0


@pytest.mark.parametrize(("code", "reason"), [(437, "437"), (486, "486"), (300, "refused")])
def test_what_a_server_refuses_is_the_reason(
    background: Background, code: int, reason: str
) -> None:
    """Codes that cannot be had of a server at will, from one that says nothing else."""

    def refuse(data: bytes) -> bytes:
        asked = decode(data)
        error = bytes((0, 0, code // 100, code % 100)) + b"No"
        attributes: dict[int, bytes] = {Attribute.ERROR_CODE: error}
        return encode(Message(asked.method, Kind.ERROR, asked.transaction, attributes))

    port = background.datagrams(refuse)
    found = look("turn", host="127.0.0.1", port=port, secret=SECRET)
    assert said(found) == (Outcome.FAIL, reason)
    assert str(code) in found.text


def test_an_address_that_the_server_names_is_judged() -> None:
    """A server that names an address inside as its relay makes us send nothing there."""
    outside = read_networks("127.0.0.1/32")

    async def main() -> bytes | None:
        echo = await open_echo("127.0.0.1", b"x" * 32, outside)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inside:
            inside.bind(("127.0.0.2", 0))
            inside.setblocking(False)
            echo.greet(inside.getsockname())
            await asyncio.sleep(0.05)
            echo.close()
            try:
                return inside.recv(100)
            except BlockingIOError:
                return None

    assert asyncio.run(main()) is None


def test_stun_says_where_it_sees_us(turn: Turn) -> None:
    """By every transport; another address than expected is told."""
    for transport in ("udp", "tcp"):
        found = look("stun", host="127.0.0.1", port=turn.port, transport=transport)
        assert said(found) == (Outcome.OK, "")
        assert found.facts["mapped"].startswith("127.0.0.1:")
    found = look("stun", host="127.0.0.1", port=turn.port, expect="192.0.2.7")
    assert said(found) == (Outcome.FAIL, "mismatch")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda data: data[:8] + b"x" * 12 + data[20:], "bad_transaction"),
        (lambda _: b"\xffnothing of the sort", "protocol"),
        (lambda _: None, "timeout"),
    ],
)
def test_what_is_no_answer_of_stun_is_told(
    background: Background, answer: Any, reason: str
) -> None:
    """Another transaction, another protocol, silence."""
    found = look("stun", host="127.0.0.1", port=background.datagrams(answer))
    assert said(found) == (Outcome.FAIL, reason)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "secret"),
        ({"secret": "a", "password": "b"}, "secret"),
        ({"password": "b"}, "user"),
        ({"secret": "a", "peer": "a.example:7"}, "peer"),
        ({"secret": "a", "transport": "dtls"}, "transport"),
    ],
)
def test_what_cannot_be_used_is_refused(settings: dict[str, Any], field: str) -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["turn"].prepare({"host": "a.example", **settings})
    assert list(caught.value.words) == [field]
