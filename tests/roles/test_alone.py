"""Each role by itself, started by `vedette run` as on several machines or by an init system."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import migrate
from vedette.kinds import discover

_SECONDS = 60
_FIRST = (
    "from vedette import django_setup; from vedette.config import load\n"
    "django_setup.setup(load())\n"
    "from vedette.projects import first_run; first_run.prepare()"
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a migrated installation with a project, in which nothing runs."""
    others = {name: value for name, value in os.environ.items() if name[:8] != "VEDETTE_"}
    address = f"127.0.0.1:{_free_port()}"
    made = {**others, "VEDETTE_DATA": str(tmp_path / "data"), "VEDETTE_LISTEN": address}
    migrate(tmp_path / "data")
    words = [sys.executable, "-c", _FIRST]
    subprocess.run(words, env=made, check=True, capture_output=True)
    return made


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """All roles, each a program of its own; ended as an init system does."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    for module in discover("vedette.roles"):
        role = module.__name__.rpartition(".")[2]
        words = [sys.executable, "-m", "vedette", "run", role]
        started[role] = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE)
    yield started
    for process in started.values():
        process.send_signal(signal.SIGTERM)
    for process in started.values():
        process.communicate(timeout=_SECONDS)


def test_the_roles_work_without_a_supervisor(
    environment: dict[str, str], running: dict[str, subprocess.Popen[bytes]]
) -> None:
    """Every one of them stays, and together they take an event in."""
    words = [sys.executable, "-m", "vedette", "project", "create", "Lamps", "--json"]
    said = subprocess.run(words, env=environment, capture_output=True, check=True).stdout
    project = json.loads(said)
    address = f"http://{environment['VEDETTE_LISTEN']}/api/{project['id']}/store/"
    request = urllib.request.Request(
        f"{address}?sentry_key={project['public_key']}", data=b'{"message": "it is dark"}'
    )
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        for role, process in running.items():
            assert process.poll() is None, f"{role}: {process.communicate()[1].decode()[-2000:]}"
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                assert answer.status == 200
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    status = Path(environment["VEDETTE_DATA"]) / "run" / "worker.json"
    while time.monotonic() < end:
        for role, process in running.items():
            assert process.poll() is None, f"{role}: {process.communicate()[1].decode()[-2000:]}"
        if status.exists() and json.loads(status.read_text()).get("items", 0) > 0:
            return
        time.sleep(0.2)
    raise AssertionError(status.read_text() if status.exists() else "no worker told anything")
