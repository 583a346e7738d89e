"""The event ids of the last days, by which the same event sent twice is stored once.

An exact index in SQLite, one table per day of receipt, looked up over three days and dropped
by the day. What is claimed outlives the process at once; after a loss of power the spool
claims it again.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from vedette.store.engine import EventId
from vedette.store.errors import StoreError

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
        self._tables: list[str] = []
        try:
            self._connection = self._open()
        except sqlite3.Error as error:
            raise StoreError(f"the event ids cannot be opened: {error}") from error

    def claim(self, ids: Sequence[EventId], *, writer: str, now: float | None = None) -> list[int]:
        """See `Store.claim_ids`."""
        if not ids:
            return []
        today = int((time.time() if now is None else now) // _DAY_SECONDS)
        keys = [_key(one) for one in ids]
        with self._lock:
            try:
                self._turn(today)
                self._connection.execute("BEGIN IMMEDIATE")
                found = self._claim(ids, keys, self._number_of(writer))
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                self._writers.clear()
                raise StoreError(f"the event ids cannot be looked up: {error}") from error
        return found

    def fold(self) -> None:
        """Fold the log into the file, so that it takes no room. Raises StoreError."""
        with self._lock:
            try:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise StoreError(f"the event ids cannot be folded: {error}") from error

    def count(self) -> int:
        """How many are held."""
        with self._lock:
            return sum(
                int(self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
                for name in self._tables
            )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _claim(self, ids: Sequence[EventId], keys: list[Key], writer: int) -> list[int]:
        held = self._places(keys, self._tables[1:])
        found, fresh = _sorted_out(ids, keys, writer, held)
        before = self._connection.total_changes
        self._connection.executemany(
            f"INSERT OR IGNORE INTO {self._tables[0]} VALUES (?, ?, ?, ?)", fresh
        )
        if self._connection.total_changes - before < len(fresh):  # some came today already
            held |= self._places(keys, self._tables[:1])
            found, _ = _sorted_out(ids, keys, writer, held)
        return found

    def _places(self, keys: list[Key], tables: list[str]) -> dict[Key, Place]:
        """Where each key that these tables know came first."""
        places: dict[Key, Place] = {}
        wanted = sorted(set(keys)) if tables else []
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ", ".join(["(?, ?)"] * len(part))
            flat = [value for key in part for value in key]
            for name in tables:
                rows = self._connection.execute(
                    f"SELECT held.* FROM {_KEYS.format(marks, name)} "
                    "WHERE held.id = asked.column1 AND held.project_id = asked.column2",
                    flat,
                )
                for event_id, project_id, writer, position in rows:
                    places[(event_id, project_id)] = (writer, position)
        return places

    def _turn(self, today: int) -> None:
        """Begin a day, and drop the ones that are over. A clock that goes back changes nothing."""
        name = f"day_{today:06d}"
        if self._tables and self._tables[0] >= name:
            return
        self._connection.execute(_TABLE.format(name))
        self._tables.insert(0, name)
        for old in [one for one in self._tables if one <= f"day_{today - DAYS:06d}"]:
            self._connection.execute(f"DROP TABLE {old}")
            self._tables.remove(old)

    def _number_of(self, writer: str) -> int:
        number = self._writers.get(writer)
        if number is None:
            self._connection.execute("INSERT OR IGNORE INTO writers (name) VALUES (?)", [writer])
            row = self._connection.execute("SELECT id FROM writers WHERE name = ?", [writer])
            number = self._writers[writer] = int(row.fetchone()[0])
        return number

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # Without it the same event may be stored twice; with it nothing would be stored.
            self._path.replace(self._path.with_name(f"{self._path.name}.damaged-{time.time_ns()}"))
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
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
        return connection


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
