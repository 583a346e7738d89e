"""Frames over a Unix socket: whoever waits at it is answered, now or a little later."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import threading
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
    """A process that has opened all the files it may goes on when some are closed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    waiting = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(3)]
    fillers: list[int] = []
    most = max(int(name) for name in os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most + 1, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                fillers.append(os.dup(0))
        for connection in waiting:  # the first finds the handle that is kept for it
            connection.connect(str(path))
        send(waiting[0], b"a")
        assert receive(waiting[0], MOST) == b"a"
        threading.Event().wait(0.3)  # for what would end the server
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for handle in fillers:
            os.close(handle)
    for connection in waiting:
        with connection:
            connection.settimeout(SECONDS)
            send(connection, b"b")
            assert receive(connection, MOST) == b"b"
