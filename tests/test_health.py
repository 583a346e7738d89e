"""The health report: what it calls well, late and broken."""

from __future__ import annotations

import errno
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette import health
from vedette.config import Config
from vedette.spool import backlog, segment
from vedette.store.errors import StoreUnavailable
from vedette.store.query import Answer, Select


class AnsweringStore:
    """A store that has an answer."""

    def query(self, select: Select) -> Answer:
        return Answer(list(select.columns), [[0]])


class SilentStore:
    """A store whose owner is away."""

    def query(self, select: Select) -> Answer:
        raise StoreUnavailable("nobody is there")


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    """A folder with a spool, a worker that has just given a sign of life, and pages."""
    config = Config(data=tmp_path, disk_free_min_bytes=0)
    (config.spool_folder / "web").mkdir(parents=True)
    health.note_status(config, "worker", {"dead": 0})
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as pages:
        pages.bind(str(config.pages_socket))
        pages.listen()
        yield config


def _backlog(config: Config, size_bytes: int, seconds: float = 0.0) -> None:
    folder = config.spool_folder / "web"
    segment.make(folder, 0, segment.new_mark()).path.write_bytes(b"x" * size_bytes)
    backlog.note(folder, 0)
    noted = time.time() - seconds
    os.utime(folder / "consumed", (noted, noted))


def test_all_is_well(config: Config) -> None:
    """Nothing waits, everybody answers."""
    report = health.check(config, AnsweringStore())
    assert report["status"] == "ok"
    assert report["problems"] == []
    json.dumps(report)


def test_a_report_knows_what_a_store_that_has_just_started_lacks(config: Config) -> None:
    """It answers once it has noted what is to be read again: that is no installation at rest."""

    class StartingStore(AnsweringStore):
        def query(self, select: Select) -> Answer:
            _backlog(config, 500)
            return super().query(select)

    assert health.check(config, StartingStore())["spool"]["backlog_bytes"] == 500


def test_a_silent_store_degrades(config: Config) -> None:
    """Data is still accepted, so it is no failure; the report says what is wrong."""
    report = health.check(config, SilentStore())
    assert report["status"] == "degraded"
    assert report["store"] == {"status": "unavailable"}
    assert "nobody is there" in report["problems"][0]


def test_a_missing_or_stale_worker_degrades(config: Config) -> None:
    """A worker that has not written its note for a while is taken for missing."""
    path = config.run_folder / "worker.json"
    os.utime(path, (time.time() - 60, time.time() - 60))
    assert health.check(config, AnsweringStore())["worker"] == {"status": "missing"}
    path.unlink()
    assert health.check(config, AnsweringStore())["status"] == "degraded"


def test_missing_pages_degrade(config: Config) -> None:
    """Data is accepted without them, and the report says that nobody can look at it."""
    config.pages_socket.unlink()
    report = health.check(config, AnsweringStore())
    assert report["status"] == "degraded"
    assert report["problems"] == ["the pages do not run"]


def test_a_backlog_that_waits_degrades(config: Config) -> None:
    """How long and how many bytes is told."""
    _backlog(config, 1000, seconds=300)
    report = health.check(config, AnsweringStore())
    assert report["status"] == "degraded"
    assert report["spool"]["backlog_bytes"] == 1000
    assert report["spool"]["backlog_seconds"] >= 300


def test_processing_that_stands_still_is_told_soon(config: Config) -> None:
    """A digester that is frozen consumes nothing, and does not end either."""
    _backlog(config, 1000, seconds=20)
    problems = health.check(config, AnsweringStore())["problems"]
    assert len(problems) == 1
    assert problems[0].startswith("nothing was processed for 2")


def test_a_full_spool_or_disk_is_failing(tmp_path: Path) -> None:
    """Data is refused: whoever looks at the health page should act."""
    config = Config(data=tmp_path, disk_free_min_bytes=1 << 60, spool_max_bytes=100)
    (config.spool_folder / "web").mkdir(parents=True)
    _backlog(config, 1000)
    report = health.check(config, AnsweringStore())
    assert report["status"] == "failing"
    assert {"the disk is nearly full", "the spool is full"} <= set(report["problems"])


def test_records_set_aside_are_counted(config: Config) -> None:
    """The worker's count is shown."""
    health.note_status(config, "worker", {"dead": 3})
    assert health.check(config, AnsweringStore())["dead_records"] == 3


def test_a_note_that_cannot_be_written_is_a_sign_of_life(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the last note is kept, and the worker does not count as missing."""
    path = config.run_folder / "worker.json"
    os.utime(path, (time.time() - 60, time.time() - 60))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        health.note_status(config, "worker", {"dead": 9})
    report = health.check(config, AnsweringStore())
    assert report["worker"] == {"status": "ok"}
    assert report["dead_records"] == 0


def test_lost_event_ids_are_told(config: Config) -> None:
    """Doubles may have come in: whoever looks at the health page is told."""
    health.note_status(config, "worker", {"ids_lost": 1})
    report = health.check(config, AnsweringStore())
    assert report["status"] == "degraded"
    assert "event ids" in report["problems"][0]


def test_a_loop_that_is_held_back_is_told(config: Config) -> None:
    """With its reason."""
    health.note_status(config, "worker", {"loops": {"retention": {"held back": "the clock"}}})
    problems = health.check(config, AnsweringStore())["problems"]
    assert problems == ["the loop retention is held back: the clock"]


def test_the_prober_tells_how_monitors_are_looked_at(config: Config) -> None:
    """It is missed only where there is something to look at; its troubles are problems."""
    report = health.check(config, AnsweringStore())
    assert report["prober"] == {"status": "not needed"}
    config.prober_wanted.touch()
    report = health.check(config, AnsweringStore())
    assert "the prober does not run: no monitor is looked at" in report["problems"]
    told = {"holds_lease": True, "monitors": 3, "checks": 9, "missed_slots": 1, "canaries": {}}
    told |= {"late_p99_ms": 12.0, "last_tick": 1.0, "alarm": "no canary answers", "lost": 0}
    health.note_status(config, "prober", told)
    report = health.check(config, AnsweringStore())
    assert (report["prober"]["status"], report["prober"]["missed_slots"]) == ("ok", 1)
    assert "results of monitors are not believed: no canary answers" in report["problems"]
