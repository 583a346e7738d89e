"""The bell by which the door tells the pipeline that there is something to read."""

from __future__ import annotations

import select
import socket
from pathlib import Path


class Bell:
    """The listening end; whoever rings sends a byte to the socket at `path`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def wait(self, seconds: float) -> None:
        """Return at the next ring, at once if it has rung, or after `seconds`."""
        ready, _, _ = select.select([self._socket], [], [], seconds)
        if ready:
            try:
                while True:
                    self._socket.recv(64)
            except BlockingIOError:
                return

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()
