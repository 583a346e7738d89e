"""The engines that the tests of questions ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.engines import PARTS, THINGS, Chdb, Engine, open_duck, open_widened, random_rows
from vedette.store import tagcolumns, widening
from vedette.store.table import Rows


@pytest.fixture(scope="session")
def things() -> Rows:
    """Rows of the first table."""
    return random_rows(THINGS, seed=1, number=400)


@pytest.fixture(scope="session")
def parts() -> Rows:
    """Rows of the second table, of the same traces."""
    return random_rows(PARTS, seed=2, number=60)


@pytest.fixture(scope="session", params=["duckdb", "tag columns", "clickhouse"])
def engine(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    things: Rows,
    parts: Rows,
) -> Iterator[Engine]:
    """Each engine with the same rows."""
    folder: Path = tmp_path_factory.mktemp(request.param.replace(" ", "-"))
    if request.param == "clickhouse":
        pytest.importorskip("chdb", reason="chDB is not installed")
        chdb = Chdb(folder, [things, parts])
        yield chdb
        chdb.close()
        return
    if request.param == "tag columns":
        with pytest.MonkeyPatch.context() as patch:
            widen_early(patch)
            widened = open_widened(folder, [things, parts])
            yield widened
            widened.close()
        return
    store = open_duck(folder, [things, parts])
    yield store
    store.close()


def widen_early(patch: pytest.MonkeyPatch) -> None:
    """Tags get columns in tables of a few rows, too, whatever values they have."""
    patch.setattr(widening, "FIRST_ROWS", 4)
    patch.setattr(tagcolumns, "LEAST_REPEATS", 0)
