"""A folder of artifacts for each test, and clients that may upload."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import alice, bob, charlie, nobody, world
from vedette.blobs.packed import PackedFolder

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.world import World

__all__ = ["alice", "bob", "charlie", "nobody", "world"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackedFolder:
    """The folder in which uploaded bytes lie."""
    from vedette.artifacts import chunks, debug_files, filing, storage, sweeping

    made = PackedFolder(tmp_path / "artifacts")
    for module in (storage, chunks, debug_files, filing, sweeping):
        monkeypatch.setattr(module, "artifact_blobs", lambda: made)
    return made


@pytest.fixture
def token(world: World, folder: PackedFolder) -> Client:
    """A client with a token of the organisation."""
    from tests.web.walk import bearer

    return bearer(world.organization)
