"""A data folder for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.keeping import Keeping


@pytest.fixture
def keeping(rollback: None, tmp_path: Path) -> Iterator[Keeping]:
    """Two projects, nothing stored yet."""
    held = Keeping(tmp_path)
    yield held
    held.crash()
