"""What begins or ends while another process speaks for its group, in both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.flow.postgres import Postgres, find_binaries

Told = Mapping[str, Mapping[str, list[list[Any]]]]


@pytest.fixture(
    scope="module", params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)]
)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The messages of each case."""
    if request.param == "SQLite":
        yield _run(tmp_path_factory.mktemp("data"), "")
        return
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder:
        os.chmod(folder, 0o755)
        with Postgres(binaries, Path(folder), connections=20) as running:
            yield _run(tmp_path_factory.mktemp("data"), running.database())


def _run(data: Path, address: str) -> Told:
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.telling_at_once"],
        env={**os.environ, "VEDETTE_DATA": str(data), "VEDETTE_DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Told = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("first", ["says", "speaks"])
def test_what_begins_while_a_group_speaks_is_told_once(told: Told, first: str) -> None:
    """With what waits already, or after it."""
    begun = [title for _, titles in told[first]["beginning"] for title in titles]
    assert sorted(begun) == ["api is down", "web is down"]
    assert {kind for kind, _ in told[first]["beginning"]} <= {"trigger", "update"}


@pytest.mark.parametrize("first", ["says", "speaks"])
def test_what_ends_while_a_group_speaks_is_told_after_its_beginning(told: Told, first: str) -> None:
    """Or neither is told, where nobody has heard of it."""
    whole = [["trigger", ["api is down"]], ["resolve", ["api is down"]]]
    assert told[first]["end"] in ([], whole)
