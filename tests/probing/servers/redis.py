"""redis-server on loopback, with a password."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.probing.servers.programs import answers, free_port, program, running

PASSWORD = "correct-horse"


@dataclass(frozen=True)
class Redis:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    def tell(self, *words: str) -> bytes:
        """Say something to it with the password, and read the beginning of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as held:
            held.sendall(f"AUTH {PASSWORD}\r\n".encode())
            held.recv(100)
            held.sendall(" ".join(words).encode() + b"\r\n")
            return held.recv(65536)


@contextmanager
def redis(folder: Path, *options: str) -> Iterator[Redis]:
    """A server with a password and these options."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    words = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    words += ["--requirepass", PASSWORD, "--save", "", "--dir", str(folder)]
    words += ["--enable-debug-command", "local", *options]
    with running(words, folder, lambda: answers(port)) as process:
        yield Redis(port, process)
