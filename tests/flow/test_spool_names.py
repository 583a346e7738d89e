"""Copies of a data folder that share one PostgreSQL database: one works, and none loses a thing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.flow.postgres import Postgres, find_binaries
from tests.flow.product import Product
from tests.flow.test_postgres import error

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(find_binaries() is None, reason="no PostgreSQL server is installed"),
]
_WITHOUT_SOCKETS = shutil.ignore_patterns("run")


@pytest.fixture
def address() -> Iterator[str]:
    """A database for two nodes."""
    binaries = find_binaries()
    assert binaries is not None
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder:
        os.chmod(folder, 0o755)
        with Postgres(binaries, Path(folder), connections=100) as running:
            yield running.database()


def _counts(address: str) -> dict[str, int]:
    with psycopg.connect(address) as database:
        found = database.execute("SELECT type, event_count FROM issues_issue").fetchall()
    return {str(kind): int(count) for kind, count in found}


def test_a_copied_folder_loses_nothing(address: str, tmp_path: Path) -> None:
    """While the other one runs it waits and says why; a snapshot goes on by itself, with a
    database that has gone on without it."""
    one = Product(tmp_path / "one", database_url=address)
    with one:
        project = one.project("shop")
        assert one.send(project, error("FirstError"))[0] == 200
        one.wait(lambda: _counts(address) == {"FirstError": 1}, seconds=30)
    shutil.copytree(one.folder, tmp_path / "two", ignore=_WITHOUT_SOCKETS)
    for number in range(3):  # each start puts a gap between the positions
        with one:
            assert one.send(project, error(f"Error{number}"))[0] == 200
            one.wait(lambda number=number: f"Error{number}" in _counts(address), seconds=30)
    two = Product(tmp_path / "two", database_url=address)
    with two:
        assert two.send(project, error("SnapshotError"))[0] == 200
        two.wait(lambda: "SnapshotError" in _counts(address), seconds=30)
    shutil.copytree(two.folder, tmp_path / "three", ignore=_WITHOUT_SOCKETS)
    three = Product(tmp_path / "three", database_url=address)
    with two:
        three.start_without_waiting()
        try:
            three.wait(lambda: "are copies of each other" in three.log(), seconds=40)
            three.wait(three.is_answering, seconds=30)
            assert three.send(project, error("WaitingError"))[0] == 200
            assert two.send(project, error("RunningError"))[0] == 200
            two.wait(lambda: "RunningError" in _counts(address), seconds=30)
            assert "WaitingError" not in _counts(address)
        finally:
            three.stop()
    (three.folder / "spool" / "identity").unlink()
    with two, three:
        three.wait(lambda: "WaitingError" in _counts(address), seconds=40)
    assert set(_counts(address).values()) == {1}, "nothing is counted twice"
