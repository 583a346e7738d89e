"""A spool has a name of its own, for good."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vedette.spool import backlog
from vedette.spool.identity import identity_of


def test_a_spool_keeps_its_name(tmp_path: Path) -> None:
    """Also when it is moved; another one has another name."""
    name = identity_of(tmp_path / "one")
    (tmp_path / "one" / "web-0").mkdir()
    assert name
    assert identity_of(tmp_path / "one") == name
    shutil.move(tmp_path / "one", tmp_path / "elsewhere")
    assert identity_of(tmp_path / "elsewhere") == name
    assert identity_of(tmp_path / "two") not in ("", name)
    assert [folder.name for folder in backlog.writers(tmp_path / "elsewhere")] == ["web-0"]


def test_a_spool_from_before_names_has_none(tmp_path: Path) -> None:
    """What is noted of its writers is found under their names alone."""
    (tmp_path / "spool" / "web-0").mkdir(parents=True)
    assert identity_of(tmp_path / "spool") == ""
    assert identity_of(tmp_path / "spool") == ""


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """Whoever comes first gives the name; nothing else is left."""
    for number in range(50):
        folder = tmp_path / str(number)
        with ThreadPoolExecutor(8) as threads:
            names = set(threads.map(identity_of, [folder] * 8))
        assert len(names) == 1
        assert names != {""}
        assert [path.name for path in folder.iterdir()] == ["identity"]
