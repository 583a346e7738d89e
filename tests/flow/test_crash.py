"""What was answered with 200 is there exactly once, whatever is killed in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import crash
from tests.flow.product import Product


def check(folder: Path, *, seconds: float, rate: float) -> None:
    with Product(folder / "data") as product:
        result = crash.run(product, product.project("crash"), seconds=seconds, rate=rate)
        assert result.is_good, result
        assert sum(result.kills.values()) >= 4
        assert product.post("/-/health", b"", method="GET")[0] == 200
        assert '"dead_records": 0' in product.post("/-/health", b"", method="GET")[2].decode()


def test_no_acknowledged_event_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    """Web, worker, both and the supervisor are killed while events come in."""
    check(tmp_path, seconds=18, rate=150)


@pytest.mark.soak
def test_no_acknowledged_event_is_lost_or_doubled_by_many_kills(tmp_path: Path) -> None:
    """The same for minutes."""
    check(tmp_path, seconds=240, rate=300)
