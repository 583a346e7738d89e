"""A door of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.doorway import Doorway, doorway


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Doorway]:
    """A door with the default settings."""
    with doorway(tmp_path / "data") as held:
        yield held
