"""PostgreSQL against a real server and its faults."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.probing.looking import LOOPBACK, look, said
from tests.probing.servers.certificates import NAME, authority, pairs
from tests.probing.servers.postgres import PASSWORD, TLS, Server, initialised, start, words_of
from tests.probing.servers.programs import free_port, go_on, open_sockets, stand_still, wait_for
from vedette.probing.around import Around
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import Outcome, Result


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A folder with a cluster that asks for passwords."""
    with initialised() as folder:
        yield folder


@pytest.fixture(scope="module")
def server(cluster: Path) -> Iterator[Server]:
    """A server with TLS and room for three."""
    with start(cluster, cluster / "data", *TLS) as held:
        yield held


def ask(server: Server, **settings: Any) -> Result:
    """One check with the right password, unless it is said otherwise."""
    seconds = settings.pop("seconds", 5.0)
    login = {"host": "127.0.0.1", "port": server.port, "user": "postgres", "password": PASSWORD}
    return look("postgres", seconds=seconds, **(login | settings))


def test_a_server_that_answers_is_well(server: Server) -> None:
    """Connection and query are measured; the role is a fact where it is asked for."""
    found = ask(server, role="primary")
    assert said(found) == (Outcome.OK, ""), found
    assert list(found.phases) == ["connect", "query", "state"]
    assert (found.facts["role"], found.facts["tls"]) == ("primary", "yes")
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"password": "wrong-password"}, "auth"),
        ({"password": ""}, "auth"),
        ({"user": "nobody"}, "auth"),
        ({"database": "nothing"}, "database"),
        ({"query": "SELECT * FROM nothing"}, "query"),
        ({"query": "CREATE TABLE t (id int)"}, "query"),
        ({"query": "SELECT 1; COMMIT; CREATE TABLE t (id int)"}, "query"),
        ({"query": "SELECT pg_sleep(10)", "seconds": 0.5}, "timeout"),
        ({"role": "standby"}, "role"),
        ({"security": "verify-full"}, "tls"),
        ({"port": 9}, "connect"),
    ],
)
def test_each_fault_has_its_reason(server: Server, settings: dict[str, Any], reason: str) -> None:
    """What is refused, by whom; nothing can be written."""
    assert said(ask(server, **settings)) == (Outcome.FAIL, reason)


def test_conditions_look_at_the_first_row(server: Server) -> None:
    """Columns by their names, whatever their types; figures are kept."""
    query = (
        "SELECT 7::numeric AS waiting, now() AS at, '{\"a\": [1, 2]}'::jsonb AS document, "
        "interval '90 seconds' AS age, 'x'::text AS name, ARRAY[1,2] AS list"
    )
    good = ["$.waiting == 7", "$.age == 90", "len($.document.a) == 2", '$.name == "x"']
    found = ask(server, query=query, conditions=good, capture=["waiting = $.waiting"])
    assert (said(found), found.captured) == ((Outcome.OK, ""), {"waiting": 7.0}), found
    found = ask(server, query=query, conditions=["$.waiting < 5"])
    assert (found.reason, found.text) == ("assertion", "$.waiting < 5: found 7")
    found = ask(server, query="SELECT 1 AS a WHERE false", conditions=["$.a == 1"])
    assert found.text == "$.a == 1: path missing"


def test_a_server_without_room_is_told(server: Server) -> None:
    """All connections are taken."""
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(contextlib.closing(server.connect()))
        assert said(ask(server)) == (Outcome.FAIL, "too_many_connections")


def test_a_certificate_is_checked(server: Server) -> None:
    """`verify-full` with its authority, to the address that the certificate is for."""
    found = ask(server, security="verify-full", authorities=authority().pem)
    assert said(found) == (Outcome.OK, ""), found
    assert NAME in repr(pairs()["good"].certificate.subject)


def test_a_server_that_stands_still_is_a_timeout_and_no_socket_stays(server: Server) -> None:
    """SIGSTOP; the connections are given back."""
    probe = probes()["postgres"].prepare(
        {"host": "127.0.0.1", "port": server.port, "user": "postgres", "password": PASSWORD}
    )
    stand_still(server.process.pid)

    async def main() -> list[Result]:
        around = Around(seconds=0.3, allowed=LOOPBACK)
        return await asyncio.gather(*(probe(around) for _ in range(5)))

    try:
        assert {said(one) for one in asyncio.run(main())} == {(Outcome.FAIL, "timeout")}
        assert open_sockets(server.port) == 0
    finally:
        go_on(server.process.pid)
    wait_for(lambda: said(ask(server)) == (Outcome.OK, ""), "it does not come back")


def test_a_query_that_hangs_with_its_server_ends_with_the_deadline(server: Server) -> None:
    """Nobody is waited for that could end the query in good order."""
    login = {"host": "127.0.0.1", "port": server.port, "user": "postgres", "password": PASSWORD}
    probe = probes()["postgres"].prepare(login | {"query": "SELECT pg_sleep(20)"})

    async def main() -> Result:
        task = asyncio.create_task(probe(Around(seconds=1, allowed=LOOPBACK)))
        await asyncio.sleep(0.5)
        stand_still(server.process.pid)
        return await asyncio.wait_for(task, 4)

    try:
        assert said(asyncio.run(main())) == (Outcome.FAIL, "timeout")
    finally:
        go_on(server.process.pid)


def test_a_standby_and_its_lag(server: Server, cluster: Path) -> None:
    """Where a primary is due it is read-only; what it has not replayed makes it degraded."""
    copy = cluster / "copy"
    words = words_of("pg_basebackup", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres")
    subprocess.run([*words, "-D", str(copy), "-R"], check=True, capture_output=True, cwd=cluster)
    with start(cluster, copy, "hot_standby=on") as standby:
        assert said(ask(standby, role="standby")) == (Outcome.OK, "")
        assert said(ask(standby, role="primary")) == (Outcome.FAIL, "readonly")
        with standby.connect() as held, server.connect() as primary:
            primary.execute("CREATE TABLE IF NOT EXISTS moves (at int)")
            replayed = "SELECT pg_last_xact_replay_timestamp() IS NOT NULL"
            wait_for(lambda: held.execute(replayed).fetchone() == (True,), "nothing is replayed")
            held.execute("SELECT pg_wal_replay_pause()")
            primary.execute("INSERT INTO moves VALUES (1)")
            behind = {"role": "standby", "max_lag_seconds": 0.001}
        wait_for(lambda: ask(standby, **behind).reason == "lag", "it is never behind")
        assert ask(standby, **behind).outcome is Outcome.DEGRADED


def test_a_server_that_is_stopped_is_told(cluster: Path) -> None:
    """Nobody listens any more."""
    port = free_port()
    found = look("postgres", host="127.0.0.1", port=port, user="postgres")
    assert said(found) == (Outcome.FAIL, "connect")


def test_authorities_go_with_a_check() -> None:
    """Words stand beside the field."""
    with pytest.raises(BadSettings) as caught:
        probes()["postgres"].prepare({"host": "a.example", "user": "a", "authorities": "x"})
    assert list(caught.value.words) == ["security"]
