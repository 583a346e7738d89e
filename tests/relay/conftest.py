"""An upstream that does as it is told, and a relay before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.relay.relaying import Relaying
from tests.relay.upstream import Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """It takes everything until it is told otherwise."""
    with Upstream() as running:
        yield running


@pytest.fixture
def relay(tmp_path: Path, upstream: Upstream) -> Iterator[Relaying]:
    """A relay with the default options."""
    with Relaying(tmp_path / "data", upstream.base) as running:
        yield running
