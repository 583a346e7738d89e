"""The registry: a folder's listing is the list of kinds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.kinds import discover


@pytest.fixture
def drawer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty drawer that can be imported as `some_drawer`."""
    folder = tmp_path / "some_drawer"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("some_drawer")]:
        del sys.modules[name]


def test_adding_a_file_adds_a_kind(drawer: Path) -> None:
    """Files and folders of the drawer are found, sorted by name."""
    (drawer / "second.py").write_text("KIND = 2")
    (drawer / "first.py").write_text("KIND = 1")
    (drawer / "third").mkdir()
    (drawer / "third" / "__init__.py").write_text("KIND = 3")
    assert [module.KIND for module in discover("some_drawer")] == [1, 2, 3]


def test_what_starts_with_an_underscore_is_no_kind(drawer: Path) -> None:
    """A drawer may hold parts that its kinds share."""
    (drawer / "_shared.py").write_text("raise AssertionError('not to be imported')")
    assert discover("some_drawer") == []


def test_a_broken_kind_stops_the_start(drawer: Path) -> None:
    """A kind that cannot be imported is an error, not a kind less."""
    (drawer / "broken.py").write_text("import a_module_that_does_not_exist")
    with pytest.raises(ModuleNotFoundError, match="a_module_that_does_not_exist"):
        discover("some_drawer")
