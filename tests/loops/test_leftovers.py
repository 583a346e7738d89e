"""What was put aside does not stay for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vedette import clock
from vedette.config import Config
from vedette.loops import HeldBack, leftovers

GOES = (
    "store/telemetry_20261001.duckdb.damaged-17",
    "store/event_ids.sqlite3.damaged-17",
    "store/set aside/telemetry_20261001-17.jsonl",
    "store/changes/17.unreadable",
    "mail/20261001-120000-17.log",
)
STAYS = (
    "store/telemetry_20261001.duckdb",
    "store/event_ids.sqlite3",
    "store/changes/17.msgpack",
    "settings.toml",
)


@pytest.mark.parametrize(("days", "left"), [(89, {*GOES, *STAYS}), (91, set(STAYS))])
def test_what_was_put_aside_goes_with_the_retention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, left: set[str]
) -> None:
    """Counted from the day it was put there, however old it was then; nothing else goes."""
    for name in (*GOES, *STAYS):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    later = time.time() + days * 86400
    monkeypatch.setattr(clock, "timestamp", lambda: later)
    monkeypatch.setattr(leftovers, "believe_clock", lambda _: None)  # it has run all the while
    leftovers.run(SimpleNamespace(config=Config(data=tmp_path, retention_days=90)))  # type: ignore[arg-type]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {str(path.relative_to(tmp_path)) for path in files} == left


def test_a_wrong_clock_deletes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of what was put aside."""
    house: Any = SimpleNamespace(config=Config(data=tmp_path, retention_days=90))
    path = tmp_path / "mail" / "one.log"
    path.parent.mkdir()
    path.touch()
    leftovers.run(house)
    later = time.time() + 400 * 86400
    monkeypatch.setattr(clock, "timestamp", lambda: later)
    with pytest.raises(HeldBack):
        leftovers.run(house)
    assert path.exists()
