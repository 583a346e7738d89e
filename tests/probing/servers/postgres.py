"""PostgreSQL on loopback, with a password and room for three."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.flow.postgres import find_binaries
from tests.probing.servers.certificates import pairs
from tests.probing.servers.programs import answers, free_port, running, wait_for

PASSWORD = "correct-horse"
TLS = ("ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key")
_HBA = "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 trust\n"


@dataclass(frozen=True)
class Server:
    """A server that runs; `data` is its folder."""

    port: int
    data: Path
    process: subprocess.Popen[bytes]

    def connect(self) -> psycopg.Connection[Any]:
        """A client of its own."""
        return psycopg.connect(
            f"host=127.0.0.1 port={self.port} user=postgres password={PASSWORD} dbname=postgres",
            autocommit=True,
        )


def words_of(name: str, *words: str) -> list[str]:
    """A program of PostgreSQL as its user; the test is skipped where it is not installed."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    return [*(user if os.getuid() == 0 else []), str(binaries / name), *words]


def _own(path: Path) -> None:
    if os.getuid() == 0:
        shutil.chown(path, "postgres")


@contextmanager
def start(folder: Path, data: Path, *settings: str) -> Iterator[Server]:
    """Start on a folder that holds a cluster."""
    port = free_port()
    words = words_of("postgres", "-D", str(data), "-p", str(port))
    for one in (
        *("listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB"),
        *("max_connections=3", "superuser_reserved_connections=0", "wal_level=replica"),
        *("max_wal_senders=2", "fsync=off", *settings),
    ):
        words += ["-c", one]
    with running(words, folder, lambda: answers(port)) as process:
        held = Server(port, data, process)
        wait_for(lambda: _is_ready(held), str(folder / "out.log"))
        yield held
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


@contextmanager
def initialised() -> Iterator[Path]:
    """A folder with a cluster in `data`, where PostgreSQL's user may go."""
    with tempfile.TemporaryDirectory(prefix="vedette-pg-") as name:
        _own(Path(name))
        _initialise(Path(name))
        yield Path(name)


def _initialise(folder: Path) -> None:
    (folder / "password").write_text(PASSWORD)
    _own(folder / "password")
    words = words_of("initdb", "-D", str(folder / "data"), "-U", "postgres", "-N", "-A")
    words += ["scram-sha-256", "--pwfile", str(folder / "password")]
    subprocess.run(words, check=True, capture_output=True, cwd=folder)
    (folder / "data" / "pg_hba.conf").write_text(_HBA)
    certificate, key = pairs()["good"].write(folder / "data", "server")
    _own(certificate)
    _own(key)


def _is_ready(server: Server) -> bool:
    with contextlib.suppress(psycopg.OperationalError), server.connect():
        return True
    return False
