"""No request may keep the database busy for ever: its statements are cut off in time.

SQLite asks between its steps whether to go on; PostgreSQL counts by itself. Both run outside
Python's lock, so other requests are answered meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from django.db import OperationalError, connection

SECONDS = 10.0
_STEPS = 1000  # of SQLite's machine between two looks at the clock
_CANCELLED = "57014"  # PostgreSQL: query_canceled
_limited: WeakSet[object] = WeakSet()


class TooSlow(Exception):
    """The database was not done in time; what was asked for is too wide."""


@contextmanager
def database_deadline(seconds: float = SECONDS) -> Iterator[None]:
    """Cut off what this thread asks of the database after so long. Raises TooSlow."""
    connection.ensure_connection()
    end = time.monotonic() + seconds
    if connection.vendor == "postgresql":
        _limit_statements(seconds)
    else:
        connection.connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if time.monotonic() > end or getattr(error.__cause__, "sqlstate", "") == _CANCELLED:
            raise TooSlow("the database was not done in time") from error
        raise
    finally:
        if connection.vendor == "sqlite" and connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)


def _limit_statements(seconds: float) -> None:
    """Once per connection: it is this process's own and serves nothing but requests."""
    if connection.connection not in _limited:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {int(seconds * 1000)}")
        _limited.add(connection.connection)
