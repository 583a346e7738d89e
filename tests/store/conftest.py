"""The engines that the tests of questions ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.engines import PARTS, THINGS, Chdb, Engine, open_duck, random_rows
from vedette.store.table import Rows


@pytest.fixture(scope="session")
def things() -> Rows:
    """Rows of the first table."""
    return random_rows(THINGS, seed=1, number=400)


@pytest.fixture(scope="session")
def parts() -> Rows:
    """Rows of the second table, of the same traces."""
    return random_rows(PARTS, seed=2, number=60)


@pytest.fixture(scope="session", params=["duckdb", "clickhouse"])
def engine(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    things: Rows,
    parts: Rows,
) -> Iterator[Engine]:
    """Each engine with the same rows."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    if request.param == "clickhouse":
        pytest.importorskip("chdb", reason="chDB is not installed")
        chdb = Chdb(folder, [things, parts])
        yield chdb
        chdb.close()
        return
    store = open_duck(folder, [things, parts])
    yield store
    store.close()
