"""Monitors with the metadata in PostgreSQL, and two nodes of which one looks."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.flow import watching
from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from tests.flow.test_postgres import error
from tests.flow.watching import Target

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed"),
]
_QUICK = {"interval_seconds": 2, "retry_seconds": 1, "timeout_seconds": 1}


def _prober(product: Product) -> dict[str, Any]:
    """What its health page says of the prober."""
    _, _, body = product.post("/-/health", b"", method="GET")
    told: dict[str, Any] = json.loads(body)["prober"]
    return told


@pytest.fixture
def address() -> Iterator[str]:
    """A database for two nodes."""
    binaries = find_binaries()
    assert binaries is not None
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder:
        os.chmod(folder, 0o755)
        with Postgres(binaries, Path(folder), connections=100) as running:
            yield running.database()


def test_two_nodes_look_once(address: str, tmp_path: Path) -> None:
    """One of them looks; when it ends the other takes over, and nothing is told falsely."""
    settings = {
        "database_url": address,
        "outgoing_networks": "127.0.0.0/8",
        "canaries": "none",
    }

    def all_of(sql: str) -> list[Any]:
        with psycopg.connect(address) as database:
            return [row[0] for row in database.execute(sql).fetchall()]  # type: ignore[arg-type]

    state = "SELECT state FROM monitors_monitorstanding"
    with (
        Target().running() as target,
        Product(tmp_path / "one", **settings) as one,
        Product(tmp_path / "two", **settings) as two,
    ):
        project = one.project("shop")
        entry = {"name": "Shop", "kind": "http", "url": target.url}
        watching.make(one, project, entry, **_QUICK)
        one.wait(lambda: all_of(state) == ["up"], seconds=30)
        nodes = (one, two)
        one.wait(lambda: {_prober(n)["status"] for n in nodes} == {"ok", "another node looks"})
        first, second = sorted(nodes, key=lambda node: _prober(node)["status"], reverse=True)
        first.stop()
        second.wait(lambda: _prober(second).get("monitors") == 1, seconds=40)
        before = target.asked
        second.wait(lambda: target.asked > before + 1)
        target.status = 500
        second.wait(lambda: all_of(state) == ["down"], seconds=30)
        target.status = 200
        second.wait(lambda: all_of(state) == ["up"], seconds=30)
    kinds = all_of("SELECT kind FROM monitors_monitorevent ORDER BY id")
    assert [kind for kind in kinds if kind in ("up", "down")] == ["up", "down", "up"]
    sql = "SELECT count(*) FROM monitors_stateinterval WHERE ended IS NULL"
    assert all_of(sql) == [1]


def test_what_each_node_accepts_is_digested(address: str, tmp_path: Path) -> None:
    """Whatever others with writers of the same names have digested before; also where a folder
    was lost and a new one begins with the database of the old."""

    def issues() -> list[str]:
        with psycopg.connect(address) as database:
            found = database.execute("SELECT type FROM issues_issue ORDER BY type").fetchall()
        return [row[0] for row in found]

    with Product(tmp_path / "one", database_url=address) as one:
        project = one.project("shop")
        many = sorted(f"One{number:02}Error" for number in range(20))
        for name in many:
            assert one.send(project, error(name))[0] == 200
        one.wait(lambda: issues() == many, seconds=30)
        with Product(tmp_path / "two", database_url=address) as two:
            assert two.send(project, error("TwoError"))[0] == 200
            two.wait(lambda: issues() == [*many, "TwoError"], seconds=30)
            os.kill(two.child("worker"), signal.SIGKILL)
            assert two.send(project, error("TwoErrorToo"))[0] == 200
            assert one.send(project, error("OneErrorToo"))[0] == 200
            two.wait(lambda: len(issues()) == len(many) + 3, seconds=40)
    with psycopg.connect(address) as database:
        counts = database.execute("SELECT DISTINCT event_count FROM issues_issue").fetchall()
    assert counts == [(1,)], "nothing is counted twice"
