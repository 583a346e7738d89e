"""The event ids of the last days, by which the same event sent twice is stored once.

An exact index in SQLite, one table per day of receipt, looked up over three days and dropped
by the day. What is claimed outlives the process at once; after a loss of power the spool
claims it again.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from vedette.store.engine import EventId
from vedette.store.errors import StoreError

log = logging.getLogger("vedette.store")

DAYS = 3
_CHUNK = 500
_LOG_PAGES = 8000  # of 4 KB: a page that is changed often is folded once
_CACHE_KB = 8192
_MAPPED_BYTES = 1 << 30
_DAY_SECONDS = 86400
_TABLE = (
    "CREATE TABLE IF NOT EXISTS {} (id BLOB, project_id INTEGER, writer INTEGER, "
    "position INTEGER, PRIMARY KEY (id, project_id)) WITHOUT ROWID"
)
_KEYS = "(VALUES {}) AS asked CROSS JOIN {} AS held"

Key = tuple[bytes, int]
Place = tuple[int, int]


class EventIds:
    """Safe for threads; one claim at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._writers: dict[str, int] = {}
        self._tables: list[str] = []  # today's first
        self._connection: sqlite3.Connection | None = None
        self.lost = 0  # how often they were damaged and had to be begun anew
        try:
            self._open()
        except StoreError as error:  # events are stored without; the next claim tries again
            log.error("%s", error)

    def claim(self, ids: Sequence[EventId], *, writer: str, now: float | None = None) -> list[int]:
        """See `Store.claim_ids`."""
        if not ids:
            return []
        today = int((time.time() if now is None else now) // _DAY_SECONDS)
        keys = [_key(one) for one in ids]
        with self._lock:
            try:
                return self._try_claim(ids, keys, writer, today)
            except sqlite3.Error as error:
                if isinstance(error, sqlite3.ProgrammingError):  # closed under it
                    self._let_go()
                if not _is_damage(error):
                    raise StoreError(f"the event ids cannot be looked up: {error}") from error
                self._begin_anew(error)
            try:
                return self._try_claim(ids, keys, writer, today)
            except sqlite3.Error as error:
                raise StoreError(f"the event ids cannot be looked up: {error}") from error

    def fold(self) -> None:
        """Fold the log into the file, so that it takes no room. Raises StoreError."""
        with self._lock:
            try:
                self._open().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                if not _is_damage(error):
                    raise StoreError(f"the event ids cannot be folded: {error}") from error
                self._begin_anew(error)

    def count(self) -> int:
        """How many are held."""
        with self._lock:
            connection = self._open()
            return sum(
                int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
                for name in self._tables
            )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._let_go()

    def _try_claim(
        self, ids: Sequence[EventId], keys: list[Key], writer: str, today: int
    ) -> list[int]:
        """One transaction, rolled back if it fails. Raises sqlite3.Error or StoreError."""
        connection = self._open()
        try:
            self._turn(connection, today)
            connection.execute("BEGIN IMMEDIATE")
            found = self._claim(connection, ids, keys, self._number_of(connection, writer))
            connection.execute("COMMIT")
        except sqlite3.Error:
            self._writers.clear()
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        return found

    def _claim(
        self, connection: sqlite3.Connection, ids: Sequence[EventId], keys: list[Key], writer: int
    ) -> list[int]:
        held = self._places(connection, keys, self._tables[1:])
        found, fresh = _sorted_out(ids, keys, writer, held)
        before = connection.total_changes
        connection.executemany(
            f"INSERT OR IGNORE INTO {self._tables[0]} VALUES (?, ?, ?, ?)", fresh
        )
        if connection.total_changes - before < len(fresh):  # some came today already
            held |= self._places(connection, keys, self._tables[:1])
            found, _ = _sorted_out(ids, keys, writer, held)
        return found

    def _places(
        self, connection: sqlite3.Connection, keys: list[Key], tables: list[str]
    ) -> dict[Key, Place]:
        """Where each key that these tables know came first."""
        places: dict[Key, Place] = {}
        wanted = sorted(set(keys)) if tables else []
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ", ".join(["(?, ?)"] * len(part))
            flat = [value for key in part for value in key]
            for name in tables:
                rows = connection.execute(
                    f"SELECT held.* FROM {_KEYS.format(marks, name)} "
                    "WHERE held.id = asked.column1 AND held.project_id = asked.column2",
                    flat,
                )
                for event_id, project_id, writer, position in rows:
                    places[(event_id, project_id)] = (writer, position)
        return places

    def _turn(self, connection: sqlite3.Connection, today: int) -> None:
        """Begin a day, and drop the ones that are over. Nothing is lost by a clock that steps.

        After a leap ahead nothing is dropped before the next day has come; after a leap back
        what was claimed in the days ahead counts as claimed today.
        """
        name = _name_of(today)
        if self._tables and self._tables[0] == name:
            return
        connection.execute(_TABLE.format(name))
        others = [one for one in self._tables if one != name]
        for ahead in [one for one in others if one > _name_of(today + 1)]:
            connection.execute(f"INSERT OR IGNORE INTO {name} SELECT * FROM {ahead}")
            connection.execute(f"DROP TABLE {ahead}")
            others.remove(ahead)
            self._tables.remove(ahead)
        self._tables = [name, *others]
        before = max((one for one in others if one < name), default="")
        if before < _name_of(today - DAYS):
            return
        for old in [one for one in others if one <= _name_of(today - DAYS)]:
            connection.execute(f"DROP TABLE {old}")
            self._tables.remove(old)

    def _number_of(self, connection: sqlite3.Connection, writer: str) -> int:
        number = self._writers.get(writer)
        if number is None:
            connection.execute("INSERT OR IGNORE INTO writers (name) VALUES (?)", [writer])
            row = connection.execute("SELECT id FROM writers WHERE name = ?", [writer])
            number = self._writers[writer] = int(row.fetchone()[0])
        return number

    def _open(self) -> sqlite3.Connection:
        """The connection, made if there is none. Raises StoreError."""
        if self._connection is None:
            try:
                self._connection = self._connect()
            except sqlite3.Error as error:
                if not _is_damage(error):
                    raise StoreError(f"the event ids cannot be opened: {error}") from error
                return self._begin_anew(error)
        return self._connection

    def _begin_anew(self, damage: sqlite3.Error) -> sqlite3.Connection:
        """Set the file aside: without it the same event may be stored twice, with it none is."""
        log.error("the event ids are damaged and begun anew: %s", damage)
        self._let_go()
        self._writers.clear()
        mark = f"damaged-{time.time_ns()}"
        try:
            for path in (self._path, *map(self._path.with_name, _beside(self._path.name))):
                if path.exists():
                    path.replace(path.with_name(f"{path.name}.{mark}"))
            self._connection = self._connect()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the event ids cannot be begun anew: {error}") from error
        self.lost += 1
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        for setting in (
            "locking_mode = EXCLUSIVE",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"wal_autocheckpoint = {_LOG_PAGES}",
            f"cache_size = -{_CACHE_KB}",
            f"mmap_size = {_MAPPED_BYTES}",
        ):
            connection.execute(f"PRAGMA {setting}")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS writers (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"
        )
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._tables = sorted(
            (name for (name,) in names if re.fullmatch(r"day_\d{6}", name)), reverse=True
        )


def _name_of(day: int) -> str:
    return f"day_{max(day, 0):06d}"


def _beside(name: str) -> tuple[str, str]:
    """What SQLite keeps beside a file of this name."""
    return (f"{name}-wal", f"{name}-shm")


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _sorted_out(
    ids: Sequence[EventId], keys: list[Key], writer: int, held: dict[Key, Place]
) -> tuple[list[int], list[tuple[bytes, int, int, int]]]:
    """The indexes of what is held elsewhere or comes twice; and the rows to remember."""
    found: list[int] = []
    fresh: list[tuple[bytes, int, int, int]] = []
    own: set[Key] = set()
    for index, (one, key) in enumerate(zip(ids, keys, strict=True)):
        place = (writer, one.position)
        if key in own or held.get(key, place) != place:
            found.append(index)
            continue
        own.add(key)
        if key not in held:
            fresh.append((*key, *place))
    fresh.sort()
    return found, fresh


def _key(one: EventId) -> Key:
    return bytes.fromhex(one.event_id), one.project_id
