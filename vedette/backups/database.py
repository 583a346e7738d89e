"""A copy of the metadata as they are at one moment, while others go on writing.

SQLite: a transaction that reads pins the moment, and SQLite's own backup copies it. PostgreSQL:
an exported snapshot does, and `pg_dump` reads by it; its program has to be there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from vedette.backups.errors import BackupError
from vedette.backups.folder import SQLITE
from vedette.config import Config

DUMP: Final = "database.dump"
_POSITIONS: Final = "SELECT writer, position FROM issues_spoolposition"
_MIGRATIONS: Final = "SELECT app, max(name) FROM django_migrations GROUP BY app"
_PAGES: Final = 1024
_PAUSE_SECONDS: Final = 0.002  # between two portions: others come first
_OWN: Final = frozenset({"connect_timeout", "options"})


class Pinned(Protocol):
    """The metadata of one moment. All raise BackupError."""

    engine: Literal["sqlite", "postgresql"]
    file: str  # what it is called in the backup

    def positions(self) -> dict[str, int]:
        """How far each writer's spool has had its effect."""
        ...

    def migrations(self) -> dict[str, str]:
        """The last migration of each app."""
        ...

    def copy(self, path: Path) -> None:
        """Write all of it to a file."""
        ...

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        ...


@contextmanager
def pinned(config: Config) -> Iterator[Pinned]:
    """Take hold of the metadata as they are now, until the block ends. Raises BackupError."""
    if config.database_url:
        with _pinned_postgres(config.database_url) as held:
            yield held
        return
    path = config.data / SQLITE
    if not path.exists():
        raise BackupError(f"{config.data} has no {SQLITE}: it is no folder of Vedette")
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            yield _Sqlite(connection)
    except sqlite3.Error as error:
        raise BackupError(f"{path} cannot be copied: {error}") from error


class _Sqlite:
    engine: Literal["sqlite", "postgresql"] = "sqlite"
    file = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def positions(self) -> dict[str, int]:
        return dict(self._connection.execute(_POSITIONS).fetchall())

    def migrations(self) -> dict[str, str]:
        return dict(self._connection.execute(_MIGRATIONS).fetchall())

    def copy(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as target:
            self._connection.backup(target, pages=_PAGES, sleep=_PAUSE_SECONDS)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it

    def counts(self) -> dict[str, int]:
        return sqlite_counts(self._connection)


def sqlite_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows by table."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in sorted(names)
    }


@contextmanager
def _pinned_postgres(url: str) -> Iterator[Pinned]:
    import psycopg

    if shutil.which("pg_dump") is None:
        raise BackupError("the metadata are in PostgreSQL: a backup needs its program pg_dump")
    try:
        with psycopg.connect(url_for_tools(url)) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            yield _Postgres(connection, url, str(row[0] if row else ""))
    except psycopg.Error as error:
        raise BackupError(f"the metadata cannot be read: {error}") from error


class _Postgres:
    engine: Literal["sqlite", "postgresql"] = "postgresql"
    file = DUMP

    def __init__(self, connection: object, url: str, snapshot: str) -> None:
        self._connection = connection
        self._url = url
        self._snapshot = snapshot

    def positions(self) -> dict[str, int]:
        return dict(self._connection.execute(_POSITIONS).fetchall())  # type: ignore[attr-defined]

    def migrations(self) -> dict[str, str]:
        return dict(self._connection.execute(_MIGRATIONS).fetchall())  # type: ignore[attr-defined]

    def copy(self, path: Path) -> None:
        run_tool(
            "pg_dump",
            self._url,
            *("--format=custom", "--compress=0", "--no-owner", "--no-privileges"),
            *(f"--snapshot={self._snapshot}", f"--file={path}"),
        )

    def counts(self) -> dict[str, int]:
        return postgres_counts(self._connection)


def postgres_counts(connection: object) -> dict[str, int]:
    """Rows by table of the current schema."""
    ask = connection.execute  # type: ignore[attr-defined]
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    names = [name for (name,) in ask(tables).fetchall()]
    return {name: ask(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def run_tool(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password does not stand among its arguments.

    Raises BackupError with its words.
    """
    parts = urlsplit(url_for_tools(url))
    secret = unquote(parts.password or "")
    place = parts._replace(netloc=_without_password(parts.netloc)).geturl()
    where = ("--dbname", place)
    done = subprocess.run(  # noqa: S603
        [program, *where, *arguments],
        env={**os.environ, **({"PGPASSWORD": secret} if secret else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")


def url_for_tools(url: str) -> str:
    """The address as PostgreSQL's own programs read it; no statement of theirs has a limit."""
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key not in _OWN]
    return parts._replace(query=urlencode(query, quote_via=quote)).geturl()


def _without_password(place: str) -> str:
    user, at, host = place.rpartition("@")
    return f"{user.partition(':')[0]}{at}{host}"
