"""A restored folder takes the place of another, wherever that is interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vedette.backups import swapping
from vedette.backups.errors import Damaged
from vedette.backups.folder import by_content, is_of_backups, mark_of, rest
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
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", _refuse_after(number))
        try:
            swapping.finish(tmp_path, tmp_path / "run")
        except Killed:
            assert swapping.is_wanted(tmp_path)
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


@pytest.mark.parametrize("number", [3, 4, 5])
def test_what_a_command_makes_in_between_is_set_aside(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup by cron or a new user between the kill and the next start hold up nothing, and
    neither they nor the log of another database get into what was restored."""
    folder(tmp_path)
    swapping.want(tmp_path, "before-restore-a")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", _refuse_after(number))
        with pytest.raises(Killed):
            swapping.finish(tmp_path, tmp_path / "run")
    for name in ("store/owner.lock", "vedette.sqlite3", "vedette.sqlite3-wal"):
        if (tmp_path / name).exists():
            continue  # the restored one is in its place already
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("meanwhile")
    assert swapping.finish(tmp_path, tmp_path / "run")
    found = contents(tmp_path)
    assert found["vedette.sqlite3"] == found["store/b.duckdb"] == "new"
    assert "vedette.sqlite3-wal" not in found
    assert found["before-restore-a/vedette.sqlite3.meanwhile-1"] == "meanwhile"
    assert found["before-restore-a/vedette.sqlite3"] == "old"
    assert found["before-restore-a/store/a.duckdb"] == "old"


def _refuse_after(count: int) -> Callable[[object, object], None]:
    """Moves so many, and is killed at the next."""
    left, real = [count], os.replace

    def replace(source: object, target: object) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        real(source, target)  # type: ignore[arg-type]

    return replace


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


def test_what_lies_behind_links_is_part_of_the_data(tmp_path: Path) -> None:
    """A key, a folder and a part of one that people have put elsewhere; a link that leads back
    has no end and is passed by, as one that leads nowhere."""
    elsewhere, data = tmp_path / "elsewhere", tmp_path / "data"
    blob = "ab" * 32
    for name in ("key", f"blobs/ab/{blob}", "mail/a"):
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text("x")
    (data / "blobs").mkdir(parents=True)
    (data / "secret_key").symlink_to(elsewhere / "key")
    (data / "blobs" / "ab").symlink_to(elsewhere / "blobs" / "ab")
    (data / "mail").symlink_to(elsewhere / "mail")
    (elsewhere / "mail" / "round").symlink_to(elsewhere / "mail")
    (data / "nowhere").symlink_to(elsewhere / "nothing")
    found = {one.relative_to(data).as_posix() for one in rest(data) if mark_of(one)}
    assert found == {"secret_key", "mail/a"}
    assert [path.name for path in by_content(data) if mark_of(path)] == [blob]


@pytest.mark.parametrize("path", ["/etc/passwd", "../out", "a/../../out", ""])
def test_a_manifest_leads_nowhere_else(path: str, tmp_path: Path) -> None:
    """A path that leads out of the folder is refused, whoever wrote it."""
    with pytest.raises(Damaged, match="leads out"):
        place_of(tmp_path, File(path, 0, 0, "", []))
