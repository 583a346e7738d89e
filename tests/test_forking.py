"""Processes are forked from one that has loaded what they work with, if that can be."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from vedette import forking
from vedette.config import Config
from vedette.forking import Forker
from vedette.processes import Part
from vedette.roles import Role, door

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")

_LOAD = """
import os
from vedette import config
from vedette.forking import Forker

def handles():
    return sorted(os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
                  if os.path.exists(f"/proc/self/fd/{name}"))

settings, before = config.load(), handles()
forker = Forker(settings)
forker._load()
import sys
from django.db import connections
print("ua_parser_builtins" in sys.modules, forker._loaded is not None, handles() == before,
      os.listdir("/proc/self/task") == [str(os.getpid())],
      [one.connection for one in connections.all()])
"""


_ENDING = """
import os, signal, time
from types import SimpleNamespace
from vedette import config, forking
from vedette.processes import Part
from vedette.roles import Role

def end(_):
    {ending}

forking.LOAD_SECONDS = 0.2
forking.discover = lambda _: [SimpleNamespace(ROLE=Role(order=1, load=end))]
forking.Forker(config.load())(Part("door"))
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How each part was started."""
    how: list[str] = []
    monkeypatch.setattr(forking, "fresh", lambda part: how.append("fresh"))
    monkeypatch.setattr(forking, "fork", lambda part, play: how.append("forked"))
    monkeypatch.setattr(forking, "give_back", lambda: None)
    monkeypatch.setattr(forking.gc, "freeze", lambda: None)
    monkeypatch.setattr(forking, "discover", lambda _: [door])
    return how


def test_what_is_loaded_survives_a_fork(tmp_path: Path) -> None:
    """The tables of user agents are there; no thread, no open file, no connection."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD],
        env={"VEDETTE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True True True True [None]\n"


def test_a_process_that_is_restarted_after_an_upgrade_is_of_the_new_version(
    started: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Half of it from memory and half from disk would be neither."""
    begin = Forker(Config(data=tmp_path))
    begin(Part("door"))
    monkeypatch.setattr(forking, "_version", lambda: (0, 0))
    begin(Part("door"))
    assert started == ["forked", "fresh"]


def test_an_upgrade_of_a_library_is_one(
    started: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is imported later comes from it; and an upgrade while all is loaded is noticed, too."""
    monkeypatch.setattr(forking.sysconfig, "get_path", lambda _: str(tmp_path))
    data = tmp_path / "data"
    data.mkdir()
    begin = Forker(Config(data=data))
    begin(Part("door"))
    (tmp_path / "library-2.0.dist-info").mkdir()
    begin(Part("door"))
    loading = Forker(Config(data=data))
    monkeypatch.setattr(forking, "give_back", (tmp_path / "library-2.1.dist-info").mkdir)
    loading(Part("door"))
    assert started == ["forked", "fresh", "fresh"]


def test_what_cannot_be_loaded_is_no_reason_not_to_start(
    started: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """A broken page ends the pages, as if they were started alone, and not the door."""

    def broken(_: str) -> list[object]:
        raise SyntaxError("invalid syntax")

    monkeypatch.setattr(forking, "discover", broken)
    begin = Forker(Config(data=tmp_path))
    begin(Part("pages"))
    begin(Part("door"))
    assert started == ["fresh", "fresh"]
    assert caplog.text.count("SyntaxError: invalid syntax") == 1
    assert "in broken" in caplog.text  # where it is broken, too


def test_what_hangs_while_it_is_loaded_is_no_reason_not_to_start(
    started: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Each process loads by itself then, and the door has nothing that hangs."""
    hanging = SimpleNamespace(ROLE=Role(order=1, load=lambda _: time.sleep(60)))
    monkeypatch.setattr(forking, "discover", lambda _: [hanging])
    monkeypatch.setattr(forking, "LOAD_SECONDS", 0.1, raising=False)
    Forker(Config(data=tmp_path))(Part("door"))
    assert started == ["fresh"]
    assert "TimeoutError" in caplog.text


@pytest.mark.parametrize(
    "ending",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        # what hangs outside of the interpreter hears no signal
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]); time.sleep(60)",
    ],
)
def test_what_ends_the_process_while_it_is_loaded_does_so_once(
    ending: str, started: list[str], tmp_path: Path
) -> None:
    """The next start does without it, the one after tries again."""
    done = subprocess.run(
        [sys.executable, "-c", _ENDING.format(ending=ending)],
        env={"VEDETTE_DATA": str(tmp_path)},
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    assert done.returncode
    Forker(Config(data=tmp_path))(Part("door"))
    Forker(Config(data=tmp_path))(Part("door"))
    assert started == ["fresh", "forked"]


def test_where_forks_are_no_good_there_are_none(
    started: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The frameworks of macOS do not survive them."""
    monkeypatch.setattr(forking.sys, "platform", "darwin")
    Forker(Config(data=tmp_path))(Part("door"))
    assert started == ["fresh"]
