"""Frames over a Unix socket: whoever waits at it is answered, now or a little later."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.framing import FrameServer, connect, receive, send

MOST = 1 << 10
SECONDS = 10.0


def echo(connection: socket.socket) -> None:
    send(connection, bytes(receive(connection, MOST)))


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    server = FrameServer(tmp_path / "echo.sock", echo, name="echo")
    server.start()
    yield tmp_path / "echo.sock"
    server.stop()


def test_frames_come_back(path: Path) -> None:
    """Several over one connection, an empty one too."""
    with connect(path, SECONDS) as connection:
        for data in (b"a", b"", b"x" * MOST):
            send(connection, data)
            assert receive(connection, MOST) == data


def test_who_comes_while_there_are_no_handles_is_answered_afterwards(path: Path) -> None:
    """A process that has opened all the files it may goes on when some are closed.

    In a process of its own: threads of other tests open and close files as they like.
    """
    command = [sys.executable, "-m", "tests.no_handles", str(path.with_name("other"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
