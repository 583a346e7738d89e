"""`vedette serve`: what keeps it from starting, and what does not."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from vedette.commands import serve
from vedette.config import Config

_Usage = namedtuple("_Usage", "total used free")


@pytest.mark.parametrize(("free", "status"), [(0, 0), (1 << 30, 1)])
def test_a_full_disk_is_no_reason_not_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, status: int
) -> None:
    """Metadata that cannot be opened for another reason is; a full disk is told by health."""
    (tmp_path / "vedette.sqlite3").touch()
    monkeypatch.setattr(serve.logs, "start", lambda *_: None)
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(1 << 30, 1 << 30, free))
    monkeypatch.setattr(serve.Supervisor, "run", lambda _: 0)
    monkeypatch.setattr(serve, "Thread", _NoThread)
    assert serve.run(Config(data=tmp_path), argparse.Namespace(quiet=True)) == status


class _NoThread:
    """What is tried again later is not tried in the test."""

    def __init__(self, **_: object) -> None: ...

    def start(self) -> None: ...
