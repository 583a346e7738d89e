"""Where the door's keys come from: the metadata, read by plain SQL, and a copy beside it.

The tables belong to `vedette.projects`; a test compares what is read here with its models.
The copy in the data folder lets a door start, and go on, while the database is away.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import msgspec

from vedette.config import Config
from vedette.ingest.keys import Key

log = logging.getLogger("vedette.ingest")

_SQL = """
SELECT k.public_key, k.project_id, k.is_active, k.events_per_minute, p.allowed_domains
FROM projects_projectkey k JOIN projects_project p ON p.id = k.project_id
"""
_CONNECT_SECONDS = 5
_decode_copy = msgspec.msgpack.Decoder(dict[str, Key]).decode


class KeySource:
    """Loads every key. `load` is called by one thread at a time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._path = config.data / "keys.copy"
        self._copied: Mapping[str, Key] | None = None

    def load(self) -> Mapping[str, Key]:
        """The keys from the database, or at the first call from the copy if it is away.

        Raises what the database raises when there is no copy either, or once keys are known.
        """
        try:
            keys = self._read()
        except Exception:
            if self._copied is None and self._path.exists():
                log.exception("the database is away: the keys of the last run are used")
                self._copied = _decode_copy(self._path.read_bytes())
                return self._copied
            raise
        if keys != self._copied:
            self._write_copy(keys)
        return keys

    def _read(self) -> Mapping[str, Key]:
        if self._config.database_url:
            return self._keys(self._postgres_rows())
        return self._keys(self._sqlite_rows())

    def _sqlite_rows(self) -> Iterable[tuple[Any, ...]]:
        path = self._config.data / "vedette.sqlite3"
        uri = f"{path.as_uri()}?mode=rw"  # a reader of a WAL database needs its shared memory
        with closing(sqlite3.connect(uri, uri=True, timeout=_CONNECT_SECONDS)) as connection:
            connection.execute("PRAGMA query_only=1")
            return connection.execute(_SQL).fetchall()

    def _postgres_rows(self) -> Iterable[tuple[Any, ...]]:
        import psycopg

        url = self._config.database_url
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, autocommit=True) as connection:
            return connection.execute(_SQL).fetchall()

    def _keys(self, rows: Iterable[tuple[Any, ...]]) -> Mapping[str, Key]:
        default = self._config.project_events_per_minute
        return {
            str(public_key): Key(
                int(project_id), bool(is_active), int(per_minute) or default, _domains(domains)
            )
            for public_key, project_id, is_active, per_minute, domains in rows
        }

    def _write_copy(self, keys: Mapping[str, Key]) -> None:
        temporary = self._path.with_suffix(".new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)
        self._copied = keys


def _domains(value: object) -> tuple[str, ...]:
    """The list of a JSON column: SQLite gives text, PostgreSQL the value."""
    listed = json.loads(value) if isinstance(value, str) else value
    return tuple(str(domain).lower() for domain in listed) if isinstance(listed, list) else ()
