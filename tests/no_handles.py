"""A server at a socket, in a process that has opened all the files it may. See `test_framing`.

Usage: python -m tests.no_handles SOCKET
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import socket
import sys
import threading
from pathlib import Path

from vedette.framing import FrameServer, receive, send

MOST = 1 << 10
SECONDS = 10.0


def echo(connection: socket.socket) -> None:
    """Say again what was said."""
    send(connection, bytes(receive(connection, MOST)))


class Refusal(logging.Handler):
    """Tells that the server has had to say no."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - any warning of it
        self.seen.set()


def main(path: Path) -> None:
    """Three come while there are no handles; all are answered once there are some.

    Linux keeps one handle for an `accept` that waits already, so at least two find none.
    """
    refusal = Refusal()
    logging.getLogger("vedette.framing").addHandler(refusal)
    server = FrameServer(path, echo, name="echo")
    server.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    waiting = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(3)]
    for connection in waiting:
        connection.settimeout(SECONDS)
    fillers: list[int] = []
    most = max(int(name) for name in os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most + 1, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                fillers.append(os.dup(0))
        for connection in waiting:
            connection.connect(str(path))
        assert refusal.seen.wait(SECONDS)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for handle in fillers:
            os.close(handle)
    for connection in waiting:
        with connection:
            send(connection, b"b")
            assert receive(connection, MOST) == b"b"
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
