"""Frames over a Unix socket: a length, then that many bytes. Used by the store and its owner.

The socket is readable by its owner only. What a frame holds is the business of both ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger("vedette.framing")

_LENGTH = struct.Struct("<I")
_RETRY_SECONDS = 0.1


class FrameServer:
    """Listens at a path; each connection is served in a thread of its own until it ends.

    `serve` is given the connection; OSError and EOFError mean that the other side has gone.
    """

    def __init__(self, path: Path, serve: Callable[[socket.socket], None], *, name: str) -> None:
        self._path = path
        self._serve = serve
        self._name = name
        self._is_stopping = False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._listener.bind(str(path))
        finally:
            os.umask(before)
        self._listener.listen(64)

    def start(self) -> None:
        """Begin to accept."""
        threading.Thread(target=self._accept, name=self._name, daemon=True).start()

    def stop(self) -> None:
        """Accept no more; connections that are open stay so."""
        self._is_stopping = True
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._is_stopping:
            try:
                connection, _ = self._listener.accept()
                self._begin(connection)
            except (OSError, RuntimeError) as error:  # no handle or no thread to be had
                if not self._is_stopping:
                    log.warning("%s cannot take a connection yet: %s", self._name, error)
                    time.sleep(_RETRY_SECONDS)

    def _begin(self, connection: socket.socket) -> None:
        try:
            threading.Thread(target=self._until_gone, args=(connection,), daemon=True).start()
        except RuntimeError:
            connection.close()
            raise

    def _until_gone(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            while True:
                self._serve(connection)


def connect(path: Path, seconds: float) -> socket.socket:
    """A connection to who listens at a path; waits for one to come. Raises OSError after that."""
    deadline = time.monotonic() + seconds
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
        except OSError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return connection


def send(connection: socket.socket, data: bytes) -> None:
    """Write one frame. Raises OSError."""
    connection.sendall(_LENGTH.pack(len(data)))
    connection.sendall(data)


def receive(connection: socket.socket, most_bytes: int) -> bytearray:
    """Read one frame. Raises EOFError when the other side has closed, OSError for a larger one."""
    (length,) = _LENGTH.unpack(_receive_exactly(connection, _LENGTH.size))
    if length > most_bytes:
        raise OSError("frame too large")
    return _receive_exactly(connection, length)


def _receive_exactly(connection: socket.socket, length: int) -> bytearray:
    data = bytearray(length)
    view = memoryview(data)
    done = 0
    while done < length:
        count = connection.recv_into(view[done:])
        if not count:
            raise EOFError("the other side has closed")
        done += count
    return data
