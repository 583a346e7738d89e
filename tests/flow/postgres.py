"""A PostgreSQL server of the test's own, on loopback, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.database import migrate

SUPERUSER = "postgres"


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


class Postgres:
    """Runs as the system's user `postgres` where the tests run as root. A context manager."""

    def __init__(self, binaries: Path, folder: Path, *, connections: int = 60) -> None:
        self._binaries = binaries
        self._connections = connections
        self._folder = folder
        self._data = folder / "pg"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._databases = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Postgres:
        if os.getuid() == 0:
            shutil.chown(self._folder, SUPERUSER)
        self._run("initdb", "-D", str(self._data), "-U", SUPERUSER, "-A", "trust", "-N")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def database(self) -> str:
        """The address of a new database with all tables and nothing in them."""
        if not self._databases:
            self._create("migrated")
            migrate(self._folder / "migrated", VEDETTE_DATABASE_URL=self._url("migrated"))
        self._databases += 1
        name = f"vedette_{self._databases}"
        self._create(name, "-T", "migrated")
        return self._url(name)

    def empty(self) -> str:
        """The address of a new database without anything."""
        self._databases += 1
        name = f"empty_{self._databases}"
        self._create(name)
        return self._url(name)

    def _create(self, name: str, *options: str) -> None:
        place = ("-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER)
        self._run("createdb", *place, *options, name)

    def _url(self, name: str) -> str:
        return f"postgres://{SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start and wait until it answers."""
        with (self._folder / "pg.log").open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *self._words("postgres", "-D", str(self._data), "-p", str(self.port)),
                    *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
                    *("-c", "shared_buffers=16MB", "-c", f"max_connections={self._connections}"),
                ],
                stdout=output,
                stderr=output,
                cwd=self._folder,
            )
        ready = self._words("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
        deadline = time.monotonic() + 30
        while subprocess.call(ready, cwd=self._folder):
            assert time.monotonic() < deadline, (self._folder / "pg.log").read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        """A fast shutdown: open connections are cut."""
        if self._process is not None:
            self._run("pg_ctl", "stop", "-D", str(self._data), "-m", "fast")
            self._process.wait(30)
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            self._words(program, *arguments), check=True, capture_output=True, cwd=self._folder
        )

    def _words(self, program: str, *arguments: str) -> list[str]:
        words = [str(self._binaries / program), *arguments]
        return ["runuser", "-u", SUPERUSER, "--", *words] if os.getuid() == 0 else words
