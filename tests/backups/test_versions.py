"""A backup of a newer version is refused in words, before anything is touched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.backups.test_shelf import NOON, backup_of
from vedette import __version__
from vedette.backups import shelf, versions
from vedette.backups.errors import BackupError, Damaged
from vedette.backups.manifest import decode
from vedette.backups.repository import FolderRepository
from vedette.backups.restoring import restore
from vedette.config import Config


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "99.0.0"},
        {"version": f"{__version__}.1", "migrations": {"issues": "9999_later"}},
        {"version": __version__, "migrations": {"issues": "9999_later"}},
    ],
)
def test_a_newer_version_is_not_restored(changed: dict[str, Any], tmp_path: Path) -> None:
    """By its number, or by what its metadata have seen; the folder stays as it is."""
    repository = FolderRepository(tmp_path / "repository")
    shelf.save(repository, msgspec.structs.replace(backup_of(NOON), **changed))
    backup = shelf.load(repository, shelf.newest(repository))
    data = tmp_path / "data"
    with pytest.raises(BackupError, match="newer than this one"):
        restore(Config(data=data), repository, backup, replace=False)
    assert list(data.iterdir()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "0.0.9"},
        {"version": __version__, "migrations": {"issues": "0001_initial", "auth": "9999_other"}},
    ],
)
def test_an_older_or_equal_version_is(changed: dict[str, Any]) -> None:
    """Also a manifest from before migrations were noted, and whatever other packages have."""
    versions.check(msgspec.structs.replace(backup_of(NOON), **changed))


def test_a_manifest_of_another_form_is_said_to_be_newer() -> None:
    """Also where nothing else of it can be read."""
    content = msgspec.json.encode({"format": 2, "engine": "another"})
    sealed = {"sha256": hashlib.sha256(content).hexdigest(), "backup": msgspec.Raw(content)}
    with pytest.raises(Damaged, match="newer version; upgrade"):
        decode("a", msgspec.json.encode(sealed))
