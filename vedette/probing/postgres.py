"""A conversation with PostgreSQL by psycopg, to a judged address and without settings of the
environment's files. Only a process that needs it loads it.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from vedette.probing.conditions.seen import Json
from vedette.probing.connecting import judged_addresses
from vedette.probing.running import Failed, Run

if TYPE_CHECKING:
    import psycopg

SECURITY = ("prefer", "require", "verify-full", "disable")
_NOWHERE = "/nonexistent/vedette"
_MOST_TEXT = 2000
_WAIT_SECONDS = 0.1  # between two looks at the socket, as psycopg has it
_STATES = {
    "28000": "auth",
    "28P01": "auth",
    "42501": "auth",
    "3D000": "database",
    "53300": "too_many_connections",
    "57P01": "shutting_down",
    "57P02": "shutting_down",
    "57P03": "starting",
    "57014": "timeout",  # the server ends a query at our deadline
}
# What libpq says of a connection that was not made has no code.
_WORDS = {
    "password authentication failed": "auth",
    "no password supplied": "auth",
    "no pg_hba.conf entry": "auth",
    "role ": "auth",
    "too many clients": "too_many_connections",
    "remaining connection slots": "too_many_connections",
    "too many connections": "too_many_connections",
    "is starting up": "starting",
    "not yet accepting connections": "starting",
    "is shutting down": "shutting_down",
    "in recovery mode": "starting",
    "database ": "database",
    "ssl": "tls",
    "certificate": "tls",
    "connection refused": "connect",
    "server closed the connection": "reset",
}


@dataclass(frozen=True, slots=True)
class Login:
    """Where, as whom, and how secured; `authorities` is PEM."""

    host: str
    port: int
    database: str
    user: str
    password: str
    security: str
    authorities: str


@asynccontextmanager
async def connected(run: Run, login: Login) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection, closed at the end. Raises Failed."""
    import psycopg

    address = (await judged_addresses(run, login.host))[0]
    run.facts["address"] = address
    with contextlib.ExitStack() as files:
        options = _options(login, address, files)
        with run.phase("connect"):
            try:
                made = await _connection_class().connect(autocommit=True, **options)
            except psycopg.Error as error:
                raise failure(error) from None
    try:
        run.facts["tls"] = "yes" if made.pgconn.ssl_in_use else "no"
        yield made
    except psycopg.Error as error:
        raise failure(error) from None
    finally:
        made.pgconn.finish()


@cache
def _connection_class() -> type[psycopg.AsyncConnection[Any]]:
    """A connection that is left at once when it is cancelled: psycopg would ask the server to end
    the query and wait for that, which takes seconds where the server does not answer.
    """
    import psycopg
    from psycopg import waiting

    class Connection(psycopg.AsyncConnection[Any]):
        async def wait(
            self, gen: Any, interval: float = _WAIT_SECONDS, timeout: float | None = None
        ) -> Any:
            options = {} if timeout is None else {"timeout": timeout}
            return await waiting.wait_async(gen, self.pgconn.socket, interval, **options)

    return Connection


def _options(login: Login, address: str, files: contextlib.ExitStack) -> Mapping[str, Any]:
    root = "system"
    if login.authorities:
        file = tempfile.NamedTemporaryFile("w", suffix=".pem")  # noqa: SIM115 - entered below
        files.enter_context(file)
        file.write(login.authorities)
        file.flush()
        root = file.name
    checked = {"sslrootcert": root} if login.security == "verify-full" else {}
    return {
        "host": login.host,
        "hostaddr": address,
        "port": login.port,
        "dbname": login.database,
        "user": login.user,
        "password": login.password,
        "sslmode": login.security,
        "gssencmode": "disable",
        "application_name": "vedette",
        "passfile": _NOWHERE,
        "sslcert": _NOWHERE,
        "sslkey": _NOWHERE,
        **checked,
    }


def failure(error: psycopg.Error) -> Failed:
    """What the server or libpq said, with its reason."""
    state = error.sqlstate or ""
    text = " ".join(str(error).split())[:300]
    reason = _STATES.get(state) or ("too_many_connections" if state.startswith("53") else "")
    if not reason and state:
        reason = "query"
    if not reason:
        lower = text.lower()
        reason = next((one for words, one in _WORDS.items() if words in lower), "connect")
    return Failed(reason, text, sqlstate=state)


async def first_row(
    made: psycopg.AsyncConnection[Any], query: str, seconds: float
) -> dict[str, Json]:
    """The first row of one statement, in a transaction that can write nothing. Raises Failed."""
    import psycopg

    await made.execute("BEGIN TRANSACTION READ ONLY")
    await made.execute(f"SET LOCAL statement_timeout = {max(int(seconds * 1000), 1)}")
    # Binary answers need the extended protocol, which takes one statement and no more.
    async with made.cursor(binary=True) as cursor:
        await cursor.execute(query.encode())
        if cursor.description is None:
            raise Failed("query", "the query gives no rows")
        row = await cursor.fetchone()
        names = [column.name for column in cursor.description]
    if made.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS:
        await made.execute("ROLLBACK")
    return {} if row is None else {name: _json(one) for name, one in zip(names, row, strict=True)}


def _json(value: Any) -> Json:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(one) for one in value[:1000]]
    if isinstance(value, dict):
        return {str(name): _json(one) for name, one in value.items()}
    return str(value)[:_MOST_TEXT]
