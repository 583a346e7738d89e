"""A wrong clock deletes nothing: it has to prove itself first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vedette import clock
from vedette.blobs import BlobFolder
from vedette.config import Config
from vedette.loops import HeldBack, Loop, retention
from vedette.loops._runner import LoopRunner
from vedette.loops._trust import believe_clock

DAY = 86400.0


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    (tmp_path / "store").mkdir()
    yield Config(data=tmp_path)
    clock.turn(0)


def _run(config: Config, *, start: float, seconds: float) -> list[bool]:
    """Look every five minutes under a clock that is `start` seconds ahead; what was believed."""
    believed = []
    for elapsed in range(0, int(seconds), 300):
        clock.turn(start + elapsed)
        try:
            believe_clock(config)
        except HeldBack:
            believed.append(False)
        else:
            believed.append(True)
    return believed


def test_a_leap_is_believed_after_a_day_of_running(config: Config) -> None:
    """Not before; and then for good."""
    assert all(_run(config, start=0, seconds=3600))
    believed = _run(config, start=400 * DAY, seconds=1.1 * DAY)
    assert not any(believed[:280])
    assert all(believed[-20:])


def test_a_clock_that_is_set_right_is_believed_at_once(config: Config) -> None:
    """Whichever way it was wrong, and short stops of a day are no leap."""
    assert all(_run(config, start=0, seconds=600))
    assert not any(_run(config, start=400 * DAY, seconds=3600))
    assert all(_run(config, start=1.5 * DAY, seconds=600))


def test_starts_under_a_wrong_clock_do_not_add_up_to_a_day(config: Config) -> None:
    """Time that passed while nothing ran proves nothing."""
    assert all(_run(config, start=0, seconds=600))
    for day in range(6):
        assert not any(_run(config, start=(400 + day) * DAY, seconds=3600))


def test_without_a_note_the_store_tells(config: Config) -> None:
    """The first start of this version under a wrong clock is held back, too."""
    day = clock.now().strftime("%Y%m%d")
    (config.store_folder / f"telemetry_{day}.duckdb").touch()
    clock.turn(400 * DAY)
    with pytest.raises(HeldBack, match="days ahead"):
        believe_clock(config)


@pytest.mark.usefixtures("rollback")
def test_retention_deletes_nothing_under_a_wrong_clock(config: Config) -> None:
    """The runner tells why."""
    dropped: list[Any] = []
    house: Any = SimpleNamespace(
        config=config,
        store=SimpleNamespace(
            drop_before=lambda name, day: dropped.append(day),
            file_sizes=list,
            usage=list,
        ),
        blobs=BlobFolder(config.blob_folder),
        dead=SimpleNamespace(remove_before=dropped.append),
    )
    loop: Loop = retention.LOOP
    runner = LoopRunner(house, [loop])
    runner.turn(loop)
    assert dropped
    dropped.clear()
    clock.turn(400 * DAY)
    runner.turn(loop)
    assert not dropped
    assert "400 days ahead" in runner.status["retention"]["held back"]
    clock.turn(0)
    runner.turn(loop)
    assert dropped
    assert "held back" not in runner.status["retention"]


def test_a_full_disk_holds_nothing_back(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retention makes room, however long the note cannot be written."""

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert all(_run(config, start=0, seconds=4 * DAY))
