"""Redis against a real redis-server and its faults."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import authority, pairs
from tests.probing.servers.programs import free_port, go_on, stand_still, wait_for
from tests.probing.servers.redis import PASSWORD, Redis, redis
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome, Result


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A master with a password."""
    with redis(tmp_path_factory.mktemp("redis"), "--maxmemory", "50mb") as held:
        yield held


def ask(server: Redis, **settings: Any) -> Result:
    """One check with the right password, unless it is said otherwise."""
    seconds = settings.pop("seconds", 5.0)
    given = {"host": "127.0.0.1", "port": server.port, "password": PASSWORD} | settings
    return look("redis", seconds=seconds, **given)


def test_a_server_that_answers_is_well(server: Redis) -> None:
    """Every step is measured; role, version and memory are facts."""
    found = ask(server, role="master", max_memory_pct=90)
    assert said(found) == (Outcome.OK, ""), found
    assert list(found.phases) == ["connect", "auth", "ping", "info"]
    assert found.facts["role"] == "master"
    assert 0 < found.facts["memory_pct"] < 50
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize("password", ["", "wrong-password"])
def test_credentials_that_are_refused_are_told(server: Redis, password: str) -> None:
    """Without a password and with a wrong one."""
    assert said(ask(server, password=password)) == (Outcome.FAIL, "auth")


def test_a_user_who_may_only_ping_is_enough_for_that(server: Redis) -> None:
    """INFO is needed only by who looks at it."""
    server.tell("ACL", "SETUSER", "vedette", "on", ">hunter22", "+ping")
    small = {"user": "vedette", "password": "hunter22"}
    found = ask(server, **small)
    assert (said(found), found.facts["info"]) == ((Outcome.OK, ""), "not permitted to this user")
    assert said(ask(server, role="master", **small)) == (Outcome.FAIL, "auth")


def test_conditions_look_at_info_and_figures_of_it_are_kept(server: Redis) -> None:
    """`$` is what INFO says."""
    found = ask(server, conditions=["$.connected_clients > 99"])
    assert said(found) == (Outcome.FAIL, "assertion")
    found = ask(server, capture=["clients = $.connected_clients"])
    assert found.captured["clients"] >= 1


def test_memory_that_runs_out_is_degraded(server: Redis) -> None:
    """It still answers."""
    found = ask(server, max_memory_pct=0.1)
    assert said(found) == (Outcome.DEGRADED, "memory")


def test_a_server_that_sleeps_or_is_stopped_is_a_timeout(tmp_path: Path) -> None:
    """DEBUG SLEEP holds every client; SIGSTOP, too."""
    with redis(tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as held:
            held.sendall(f"AUTH {PASSWORD}\r\n".encode())
            held.recv(100)
            held.sendall(b"DEBUG SLEEP 1\r\n")
            assert said(ask(server, seconds=0.3)) == (Outcome.FAIL, "timeout")
            held.recv(100)
        stand_still(server.process.pid)
        assert said(ask(server, seconds=0.3)) == (Outcome.FAIL, "timeout")
        go_on(server.process.pid)
        assert said(ask(server)) == (Outcome.OK, "")


def test_a_replica_and_its_link(server: Redis, tmp_path: Path) -> None:
    """Where a master is due it is read-only; a broken link is told."""
    options = ("--replicaof", "127.0.0.1", str(server.port), "--masterauth", PASSWORD)
    with redis(tmp_path, *options, "--repl-diskless-sync-delay", "0") as replica:
        wait_for(lambda: b"link_status:up" in replica.tell("INFO", "replication"), "no link")
        assert said(ask(replica, role="replica")) == (Outcome.OK, "")
        assert said(ask(replica, role="master")) == (Outcome.FAIL, "readonly")
        assert said(ask(server, role="replica")) == (Outcome.FAIL, "role")
        replica.tell("REPLICAOF", "127.0.0.1", "9")
        assert said(ask(replica)) == (Outcome.FAIL, "replication")
        replica.tell("CONFIG", "SET", "replica-serve-stale-data", "no")
        assert said(ask(replica)) == (Outcome.FAIL, "replication")


def test_tls_is_checked(tmp_path: Path) -> None:
    """With the authority it is trusted, without it not."""
    certificate, key = pairs()["good"].write(tmp_path, "redis")
    port = free_port()
    options = ("--tls-port", str(port), "--tls-cert-file", str(certificate))
    options += ("--tls-key-file", str(key), "--tls-auth-clients", "no")
    with redis(tmp_path, *options) as server:
        found = ask(server, port=port, tls=True, authorities=authority().pem)
        assert said(found) == (Outcome.OK, ""), found
        assert found.facts["certificate"]["days"] > 80
        assert said(ask(server, port=port, tls=True)) == (Outcome.FAIL, "tls")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"-LOADING Redis is loading the dataset in memory\r\n", "loading"),
        (b"-BUSY Redis is busy running a script\r\n", "busy"),
        (b"-DENIED Redis is running in protected mode\r\n", "auth"),
        (b"-ERR what is this\r\n", "error"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "protocol"),
        (b"$99999999999\r\n", "protocol"),
        (b"*2\r\n+a\r\n+b\r\n", "protocol"),
        (b"", "reset"),
    ],
)
def test_other_answers_have_their_reasons(
    background: Background, answer: bytes, reason: str
) -> None:
    """What cannot be had of a server at will."""

    async def serve(reader: Any, writer: Any) -> None:
        await reader.readline()
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    found = look("redis", host="127.0.0.1", port=background.serve(serve))
    assert said(found) == (Outcome.FAIL, reason)


def test_a_user_needs_a_password() -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["redis"].prepare({"host": "a.example", "user": "bob"})
    assert list(caught.value.words) == ["password"]
