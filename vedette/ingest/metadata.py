"""Plain reading of the metadata for the door, which loads no Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeAlias

from vedette.config import Config

Rows: TypeAlias = list[tuple[Any, ...]]
Ask: TypeAlias = Callable[[str], Rows]
_CONNECT_SECONDS = 5


@contextmanager
def one_moment(config: Config) -> Iterator[Ask]:
    """What asks questions in SQL, all of them of one moment. Raises what the database raises."""
    with _postgres(config) if config.database_url else _sqlite(config) as ask:
        yield ask


@contextmanager
def _sqlite(config: Config) -> Iterator[Ask]:
    path = config.data / "vedette.sqlite3"
    uri = f"{path.as_uri()}?mode=rw"  # a reader of a WAL database needs its shared memory
    with closing(
        sqlite3.connect(uri, uri=True, timeout=_CONNECT_SECONDS, isolation_level=None)
    ) as connection:
        connection.execute("PRAGMA query_only=1")
        connection.execute("BEGIN")
        yield lambda question: connection.execute(question).fetchall()


@contextmanager
def _postgres(config: Config) -> Iterator[Ask]:
    import psycopg

    url = config.database_url
    with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield lambda question: connection.execute(question.encode()).fetchall()
