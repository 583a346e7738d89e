"""A store and a database with the same random events, and those events as a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.issues.scene import Scene, build_scene, make_store
from vedette.store.duck import DuckStore


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    """The store with the events of every scene."""
    store = make_store(Path(tmp_path_factory.mktemp("scene")))
    yield store
    store.close()


@pytest.fixture
def scene(rollback: None, duck: DuckStore, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Issues of two projects that may be seen and of one that may not."""
    return build_scene(duck, monkeypatch)


@pytest.fixture(params=["few events", "many events"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which an issue is read: its whole history at once, or by the store."""
    if request.param == "many events":
        monkeypatch.setattr("vedette.issues.history.FEW_EVENTS", 0)
