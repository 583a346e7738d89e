"""A restored folder takes the place of another, wherever that is interrupted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vedette.backups import swapping
from vedette.backups.errors import Damaged
from vedette.backups.folder import is_of_backups, rest
from vedette.backups.manifest import File
from vedette.backups.writing import place_of
from vedette.claim import claim

_REPLACES = 7  # as many renames as there are, and none


class Killed(Exception):
    pass


def folder(data: Path) -> None:
    """One that runs, with a repository of backups in it, and what was restored beside."""
    for name, content in {
        "vedette.sqlite3": "old",
        "store/a.duckdb": "old",
        "only-old": "old",
        "run/address.json": "running",
        "here/objects/ab/abc": "kept",
        "here/backups/a.json": "kept",
        "restoring/files/vedette.sqlite3": "new",
        "restoring/files/store/b.duckdb": "new",
    }.items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def contents(place: Path) -> dict[str, str]:
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in place.rglob("*")
        if path.is_file() and path.name != "owner.lock"
    }


@pytest.mark.parametrize("number", range(_REPLACES))
def test_a_change_that_is_cut_off_is_done_to_its_end(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any of its renames, the next start does the rest, and nothing is lost."""
    folder(tmp_path)
    swapping.want(tmp_path, "before-restore-a")
    left, real = [number], os.replace

    def replace(source: object, target: object) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        real(source, target)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        try:
            swapping.finish(tmp_path, tmp_path / "run")
        except Killed:
            assert swapping.is_wanted(tmp_path)
            assert left == [0]
    swapping.finish(tmp_path, tmp_path / "run")
    assert not swapping.is_wanted(tmp_path)
    assert contents(tmp_path) == {
        "vedette.sqlite3": "new",
        "store/b.duckdb": "new",
        "run/address.json": "running",
        "here/objects/ab/abc": "kept",
        "here/backups/a.json": "kept",
        "before-restore-a/vedette.sqlite3": "old",
        "before-restore-a/store/a.duckdb": "old",
        "before-restore-a/only-old": "old",
    }


def test_nothing_is_changed_under_a_running_product(tmp_path: Path) -> None:
    """As long as somebody owns the folder the change waits."""
    folder(tmp_path)
    swapping.want(tmp_path, "before-restore-a")
    handle = claim(tmp_path / "run")
    try:
        assert not swapping.finish(tmp_path, tmp_path / "run")
        assert (tmp_path / "vedette.sqlite3").read_text() == "old"
    finally:
        os.close(handle)
    assert swapping.finish(tmp_path, tmp_path / "run")


def test_backups_are_no_part_of_the_data(tmp_path: Path) -> None:
    """Neither a repository in the folder nor what a restoration left is backed up again."""
    folder(tmp_path)
    (tmp_path / "before-restore-a").mkdir()
    (tmp_path / "before-restore-a" / "x").write_text("old")
    found = {path.relative_to(tmp_path).as_posix() for path in rest(tmp_path)}
    assert found == {"only-old"}
    assert {path.name for path in tmp_path.iterdir() if is_of_backups(path)} == {
        "here",
        "restoring",
        "before-restore-a",
    }


@pytest.mark.parametrize("path", ["/etc/passwd", "../out", "a/../../out", ""])
def test_a_manifest_leads_nowhere_else(path: str, tmp_path: Path) -> None:
    """A path that leads out of the folder is refused, whoever wrote it."""
    with pytest.raises(Damaged, match="leads out"):
        place_of(tmp_path, File(path, 0, 0, "", []))
