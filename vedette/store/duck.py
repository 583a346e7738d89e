"""The embedded store: DuckDB, one file per retention class and day.

Owned by one process. Each batch is one transaction per file; a row's writer and position
tell a replay what a file holds already. A file whose log was damaged is opened without it
and healed from the spool, which is kept until the next checkpoint.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from vedette.claim import Claimed, claim
from vedette.store import damage, sql
from vedette.store.arrow import to_arrow
from vedette.store.errors import BadQuery, BadRows, StoreError, StoreUnavailable
from vedette.store.query import Answer, Select
from vedette.store.table import ColumnType, Retention, Rows, Table

log = logging.getLogger("vedette.store")

QUERY_SECONDS = 30.0
_DAY = 86_400_000_000
_WAL_BYTES = "256MB"
_DDL = {
    ColumnType.INT: "BIGINT",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.BOOL: "BOOLEAN",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.TIME: "TIMESTAMP",
    ColumnType.UUID: "UUID",
    ColumnType.BLOB: "BLOB USING COMPRESSION uncompressed",
    ColumnType.TAGS: "MAP(VARCHAR, VARCHAR)",
}
_INSERT = {
    ColumnType.TIME: "make_timestamp({0})",
    ColumnType.UUID: "{0}::UUID",
    ColumnType.TAGS: "map_from_entries({0})",
}


class _DayFile:
    """One attached file; `held` is the highest position per writer that it has committed."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.held: dict[str, int] = {}
        self.is_dirty = False


class DuckStore:
    """The owner. `append`, `checkpoint` and `drop_before` are for one thread, `query` for any."""

    def __init__(
        self, folder: Path, tables: Iterable[Table], *, memory_bytes: int, threads: int
    ) -> None:
        self._folder = folder
        self._tables = {table.name: table for table in tables}
        self._files: dict[str, _DayFile] = {}
        self._lock = threading.RLock()
        self._local = threading.local()
        self._dialect = sql.Dialect()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._claim = claim(folder)
        except Claimed as error:
            raise StoreUnavailable(str(error)) from None
        self._healing = damage.is_healing(folder)
        try:
            self._connection = duckdb.connect(
                config={
                    "memory_limit": f"{memory_bytes >> 20}MB",
                    "threads": threads,
                    "temp_directory": str(folder / "spill"),
                    "checkpoint_threshold": _WAL_BYTES,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "preserve_insertion_order": False,
                }
            )
        except duckdb.Error as error:
            raise StoreUnavailable(f"the store cannot be opened: {error}") from error
        self._safe = self._read_safe()
        self._written: dict[str, int] = dict(self._safe)
        for path in sorted(folder.glob("*.duckdb")):
            self._attach(path.stem)

    def append(self, batch: Sequence[Rows], *, writer: str, end: int) -> None:
        """Write a batch in order; see `Store.append`. Raises StoreError and writes all or part."""
        by_file: dict[str, list[Rows]] = {}
        for rows in batch:
            for name, part in self._split_by_day(rows):
                by_file.setdefault(name, []).append(part)
        for name in sorted(by_file):
            self._write_file(self._attach(name), by_file[name], writer)
        self._written[writer] = end

    def query(self, select: Select) -> Answer:
        """Answer a question over the days it spans. Raises BadQuery or StoreError."""
        table = self._tables.get(select.table)
        if table is None:
            raise BadQuery(f"there is no table {select.table!r}")
        joined = self._tables.get(select.join.table) if select.join else None
        compiler = sql.Compiler(table, select, self._dialect, joined)
        sources = self._sources(table, select)
        beside = self._sources(joined, select) if joined else []
        statement = compiler.statement(sources, beside)
        return self._run(statement, compiler.parameters, compiler.columns)

    def _sources(self, table: Table, select: Select) -> list[str]:
        with self._lock:
            names = self._names_between(table.retention, select.start, select.end)
        return [f"{name}.{table.name}" for name in names] or [self._empty(table)]

    def flush(self) -> None: ...

    def claim_ids(self, ids, *, writer):  # shim until the ids' table is there
        held = self.__dict__.setdefault("_ids", {})
        gone = []
        here = set()
        for index, one in enumerate(ids):
            key = (one[0], one[1])
            place = (writer, one[2])
            if key in here or held.setdefault(key, place) != place:
                gone.append(index)
            here.add(key)
        return gone

    def safe_position(self, writer: str) -> int:
        """The position up to which the main files hold everything."""
        return self._safe.get(writer, 0)

    def replay_position(self, writer: str) -> int:
        """Where a replay must start: the checkpoint if a log was damaged, else nowhere."""
        return self._safe.get(writer, 0) if self._healing else 1 << 62

    def end_healing(self) -> None:
        """The replay has come to its end."""
        if self._healing:
            damage.end_healing(self._folder)
            self._healing = False

    def held_positions(self, writer: str) -> frozenset[int]:
        """The last position of each file: where a replay must cut."""
        files = list(self._files.values())  # a commit beside this may open another day
        return frozenset(file.held[writer] for file in files if writer in file.held)

    def checkpoint(self) -> None:
        """Fold the logs into the main files and remember how far that reaches."""
        written = dict(self._written)
        cursor = self._cursor()
        for file in [file for file in self._files.values() if file.is_dirty]:
            try:
                cursor.execute(f"CHECKPOINT {file.name}")
            except duckdb.Error as error:
                raise StoreError(f"{file.path.name} cannot be checkpointed: {error}") from error
            file.is_dirty = False
        self._safe = written
        self._write_safe()

    def drop_before(self, tables: Sequence[str], day: date) -> int:
        """Unlink the day files of these tables' retention classes that are older than `day`."""
        classes = {self._tables[name].retention.value for name in tables}
        limit = day.strftime("%Y%m%d")
        dropped = 0
        for name in [*self._files]:
            retention, _, stamp = name.rpartition("_")
            if retention in classes and stamp < limit:
                self._drop(name)
                dropped += 1
        return dropped

    def purge_projects(self, project_ids: Sequence[int]) -> None:
        """Delete every row of these projects, in all files."""
        marks = ", ".join(str(int(project_id)) for project_id in project_ids)
        cursor = self._cursor()
        for file in self._files.values():
            retention = file.name.rpartition("_")[0]
            for table in self._tables.values():
                if table.retention.value == retention:
                    cursor.execute(
                        f"DELETE FROM {file.name}.{table.name} WHERE project_id IN ({marks})"
                    )
            file.is_dirty = True

    def size_bytes(self) -> int:
        """The bytes of all files."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def close(self) -> None:
        """Checkpoint and close."""
        self.checkpoint()
        self._connection.close()
        os.close(self._claim)

    def _split_by_day(self, rows: Rows) -> Iterable[tuple[str, Rows]]:
        if not len(rows):
            return
        retention = rows.table.retention.value
        days = [value // _DAY for value in rows.columns["timestamp"]]
        if days.count(days[0]) == len(days):
            yield f"{retention}_{_stamp(days[0])}", rows
            return
        for day in set(days):
            picked = [index for index, value in enumerate(days) if value == day]
            yield f"{retention}_{_stamp(day)}", rows.pick(picked)

    def _write_file(self, file: _DayFile, parts: list[Rows], writer: str) -> None:
        held = file.held.get(writer, -1)
        fresh = [part for part in (_newer(part, held) for part in parts) if len(part)]
        if not fresh:
            return
        cursor = self._cursor()
        try:
            cursor.begin()
            for part in fresh:
                self._insert(cursor, file, part)
            cursor.commit()
        except (duckdb.DataError, duckdb.ProgrammingError, duckdb.IntegrityError) as error:
            self._roll_back(cursor)
            raise BadRows(f"{file.path.name}: {error}") from error
        except duckdb.Error as error:
            self._roll_back(cursor)
            raise StoreError(f"{file.path.name}: {error}") from error
        except BaseException:
            self._roll_back(cursor)
            raise
        file.held[writer] = max(max(part.columns["position"]) for part in fresh)
        file.is_dirty = True

    def _insert(self, cursor: duckdb.DuckDBPyConnection, file: _DayFile, part: Rows) -> None:
        columns = part.table.all_columns
        names = ", ".join(column.name for column in columns)
        values = ", ".join(_INSERT.get(c.type, "{0}").format(c.name) for c in columns)
        cursor.register("batch", to_arrow(part))
        cursor.execute(
            f"INSERT INTO {file.name}.{part.table.name} ({names}) SELECT {values} FROM batch"
        )
        cursor.unregister("batch")

    def _roll_back(self, cursor: duckdb.DuckDBPyConnection) -> None:
        try:
            cursor.rollback()
            cursor.unregister("batch")  # not before: an aborted transaction refuses it
        except duckdb.Error:
            log.debug("nothing to roll back")

    def _run(self, statement: str, parameters: list[Any], columns: list[str]) -> Answer:
        cursor = self._cursor()
        timer = threading.Timer(QUERY_SECONDS, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            rows = cursor.execute(statement, parameters).fetchall()
        except duckdb.InterruptException:
            raise BadQuery(f"the question took longer than {QUERY_SECONDS:.0f} s") from None
        except duckdb.Error as error:
            log.warning("query failed: %s: %s", error, statement)
            raise StoreError("the store cannot answer this question; its log says why") from error
        finally:
            timer.cancel()
        return Answer(columns, [list(row) for row in rows])

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
        return cursor

    def _names_between(self, retention: Retention, start: int, end: int) -> list[str]:
        first = f"{retention.value}_{_stamp(max(start, 0) // _DAY)}"
        last = f"{retention.value}_{_stamp(min(max(end - 1, 0), _FAR) // _DAY)}"
        prefix = retention.value + "_"
        return sorted(
            name for name in self._files if name.startswith(prefix) and first <= name <= last
        )

    def _empty(self, table: Table) -> str:
        columns = ", ".join(
            f"NULL::{_DDL[column.type].partition(' USING')[0]} AS {column.name}"
            for column in table.all_columns
        )
        return f"(SELECT {columns} WHERE false)"

    def _attach(self, name: str) -> _DayFile:
        with self._lock:
            file = self._files.get(name)
            if file is None:
                file = _DayFile(name, self._folder / f"{name}.duckdb")
                self._open(file)
                self._files[name] = file
            return file

    def _open(self, file: _DayFile) -> None:
        cursor = self._cursor()
        wal = file.path.with_suffix(".duckdb.wal")
        file.is_dirty = wal.exists() or not file.path.exists()
        attach = f"ATTACH '{_quoted(file.path)}' AS {file.name}"
        while True:
            try:
                cursor.execute(attach)
                break
            except duckdb.Error as error:
                if not damage.set_aside(file.path, error):
                    raise StoreUnavailable(f"{file.path.name} cannot be opened: {error}") from error
                self._healing = file.is_dirty = True
        retention = file.name.rpartition("_")[0]
        for table in self._tables.values():
            if table.retention.value == retention:
                self._declare(cursor, file, table)

    def _declare(self, cursor: duckdb.DuckDBPyConnection, file: _DayFile, table: Table) -> None:
        relation = f"{file.name}.{table.name}"
        columns = ", ".join(f"{column.name} {_DDL[column.type]}" for column in table.all_columns)
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({columns})")
        held = {row[0] for row in cursor.execute(f"DESCRIBE {relation}").fetchall()}
        for column in table.all_columns:
            if column.name not in held:
                kind = _DDL[column.type].partition(" USING")[0]
                cursor.execute(f"ALTER TABLE {relation} ADD COLUMN {column.name} {kind}")
        for writer, position in cursor.execute(
            f"SELECT writer, max(position) FROM {relation} GROUP BY writer"
        ).fetchall():
            file.held[writer] = max(file.held.get(writer, -1), position)

    def _drop(self, name: str) -> None:
        with self._lock:
            file = self._files.pop(name)
            self._cursor().execute(f"DETACH {name}")
        for path in (file.path, file.path.with_suffix(".duckdb.wal")):
            path.unlink(missing_ok=True)

    def _read_safe(self) -> dict[str, int]:
        try:
            text = (self._folder / "checkpoint.json").read_text()
        except FileNotFoundError:
            return {}
        return {str(writer): int(position) for writer, position in json.loads(text).items()}

    def _write_safe(self) -> None:
        path = self._folder / "checkpoint.json"
        temporary = path.with_suffix(".new")
        with temporary.open("w") as file:
            json.dump(self._safe, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)


_FAR = 253402300799 * 1_000_000


def _stamp(day: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).strftime("%Y%m%d")


def _newer(rows: Rows, held: int) -> Rows:
    """The rows after a position; all of them on every batch but a replayed one."""
    positions = rows.columns["position"]
    if min(positions) > held:
        return rows
    return rows.pick([index for index, position in enumerate(positions) if position > held])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
