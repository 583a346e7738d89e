"""The supervisor: what ends it, and how long its end may take."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vedette import runtime
from vedette.config import Config
from vedette.database import database_settings
from vedette.processes import Part
from vedette.runtime import Supervisor

_DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True);"
    "time.sleep(60)"
)


def _child(code: str) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def test_a_taken_port_ends_the_start_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No process is started again and again behind it."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        supervisor = Supervisor(Config(data=tmp_path, listen=listen), [Part("door")])
        supervisor.port_seconds = 0
        assert supervisor.run() == 1
    assert f"{listen} is taken" in caplog.text


def test_instances_that_do_not_stop_share_one_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However many there are; the role after them has a share of its own."""
    monkeypatch.setattr(runtime, "_STOP_SECONDS", 2.0)
    parts = [Part("worker"), *(Part("digester", index) for index in range(4))]
    supervisor = Supervisor(Config(data=tmp_path), parts)
    good = "import time; print(flush=True); time.sleep(60)"
    for child in supervisor._children:
        child.process = _child(good if child.part.role == "worker" else _DEAF)
    assert supervisor._stop() == 1
    assert caplog.text.count("is killed") == 4
    assert "worker" not in caplog.text
    for child in supervisor._children:
        assert child.process is not None
        assert child.process.returncode is not None
        assert child.process.stdout is not None
        child.process.stdout.close()


def test_a_process_that_cannot_be_started_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither handles nor memory for it: the others go on, and it follows later."""
    monkeypatch.chdir(tmp_path)
    supervisor = Supervisor(Config(data=tmp_path), [Part("door", 99)])
    (child,) = supervisor._children
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        supervisor._look_after(child)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert child.process is None
    while child.process is None:
        supervisor._look_after(child)
    child.process.kill()
    child.process.communicate(timeout=10)


def test_postgresql_may_not_keep_a_caller_for_ever() -> None:
    """Connecting, a silent network and a statement have their ends; the URL may say others."""
    url = "postgresql://u:p@db/vedette"
    options = database_settings(Config(database_url=url))["OPTIONS"]
    assert options["connect_timeout"]
    assert options["tcp_user_timeout"]
    assert "statement_timeout" in options["options"]
    url += "?sslmode=require&options="
    options = database_settings(Config(database_url=url))["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"] == ""  # for a pooler that knows none


def test_a_role_that_nobody_wants_has_no_process(tmp_path: Path) -> None:
    """It costs nothing until it is wanted, and is ended, which is no death, when it is not."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(part: Part) -> subprocess.Popen[bytes]:
        begun.append(_child("import time; print(flush=True); time.sleep(60)"))
        return begun[-1]

    config = Config(data=tmp_path)
    config.run_folder.mkdir()
    supervisor = Supervisor(config, [Part("prober")], begin)
    (child,) = supervisor._children
    supervisor._look_after(child)
    assert begun == []
    config.prober_wanted.touch()
    supervisor._look_after(child)
    assert len(begun) == 1
    config.prober_wanted.unlink()
    supervisor._look_after(child)
    begun[0].wait(20)
    supervisor._look_after(child)
    assert (child.process, child.deaths) == (None, 0)
    config.prober_wanted.touch()
    supervisor._look_after(child)
    assert len(begun) == 2
    for one in begun:
        one.kill()
        one.wait()
        assert one.stdout is not None
        one.stdout.close()
