"""What was answered with 200 is there exactly once, whatever is killed in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks import crash
from benchmarks.load import Load
from tests.flow.product import Product


def check(folder: Path, *, seconds: float, rate: float) -> None:
    with Product(folder / "data", digesters=str(crash.DIGESTERS)) as product:
        result = crash.run(product, product.project("crash"), seconds=seconds, rate=rate)
        assert result.is_good, result
        assert sum(result.kills.values()) >= 4
        assert product.post("/-/health", b"", method="GET")[0] == 200
        assert '"dead_records": 0' in product.post("/-/health", b"", method="GET")[2].decode()


def test_no_acknowledged_event_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    """Every role, several at once and the supervisor are killed while events come in."""
    check(tmp_path, seconds=18, rate=150)


@pytest.mark.soak
def test_no_acknowledged_event_is_lost_or_doubled_by_many_kills(tmp_path: Path) -> None:
    """The same for minutes."""
    check(tmp_path, seconds=240, rate=300)


def test_children_end_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """They would keep the port and the store from the next start."""
    with Product(tmp_path / "data") as product:
        assert product.process is not None
        children = [product.child(role) for role in ("door", "digester", "worker")]
        product.process.kill()
        product.process.wait()
        product.process = None
        product.wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
        product.start()
        assert product.post("/-/health", b"", method="GET")[0] == 200


def test_a_second_start_on_the_same_folder_harms_nobody(tmp_path: Path) -> None:
    """It ends with a clear word; the first goes on as if nothing had happened."""
    with Product(tmp_path / "data") as first:
        project = first.project("mine")
        second = Product(tmp_path / "data")
        second.start_without_waiting()
        assert second.process is not None
        assert second.process.wait(30) == 1
        assert "another process owns" in second.log()
        load = Load(first.base, project["id"], project["public_key"], groups=3)
        asyncio.run(load.run(1, connections=2, rate=50))
        assert load.counts["refused"] == load.counts["failed"] == 0
        expected = {("error", "accepted", ""): load.counts["acked"]}
        first.wait(lambda: first.outcomes(project) == expected)
