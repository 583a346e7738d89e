"""Looks whether a backup can be used: every piece, the metadata, every file of the store.

Databases are made anew one at a time, in a folder of their own for that while.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from vedette.backups import pieces
from vedette.backups.database import DUMP, sqlite_counts
from vedette.backups.errors import BackupError, Damaged
from vedette.backups.folder import SQLITE
from vedette.backups.manifest import Backup, File
from vedette.backups.repository import Repository
from vedette.backups.writing import place_of, write
from vedette.store import doublewrite
from vedette.store.parts import PARTS
from vedette.store.schema import AMOUNTS, HELD
from vedette.store.tagcolumns import MAPPING

_BOOKS: Final = frozenset({HELD, AMOUNTS, PARTS, MAPPING})
_DAY: Final = ".duckdb"
_BESIDE: Final = (".wal", ".doublewrite")
_IDS: Final = "event_ids.sqlite3"
_MOST_PROBLEMS: Final = 100
_MEMORY: Final = "256MB"


class Verdict(msgspec.Struct, kw_only=True):
    """What was looked at, and what is wrong; without problems the backup can be restored."""

    name: str
    pieces: int = 0
    size_bytes: int = 0
    store: dict[str, int] = {}
    database: dict[str, int] = {}
    problems: list[str] = []


def verify(repository: Repository, backup: Backup) -> Verdict:
    """Look at all of it. What is damaged is noted, so that the next backup writes it anew.

    Raises BackupError where the repository cannot be read at all.
    """
    verdict = Verdict(
        name=backup.name, pieces=len(backup.pieces()), size_bytes=backup.size_bytes, problems=[]
    )
    _look_at_pieces(repository, backup, verdict)
    with tempfile.TemporaryDirectory(prefix="vedette-verify-") as scratch:
        _look_at_store(repository, backup, verdict, Path(scratch))
        _look_at_database(repository, backup, verdict, Path(scratch))
    _compare(verdict.problems, "the store", backup.store, verdict.store)
    verdict.problems = list(dict.fromkeys(verdict.problems))[:_MOST_PROBLEMS]
    return verdict


def _look_at_pieces(repository: Repository, backup: Backup, verdict: Verdict) -> None:
    """Every piece once, whichever files have it."""
    bad: dict[str, str] = {}
    for piece in sorted(backup.pieces()):
        try:
            pieces.read(repository, piece)
        except Damaged as error:
            bad[piece] = str(error)
    if bad:
        pieces.note_damaged(repository, pieces.damaged(repository) | bad.keys())
    for file in backup.files:
        problem = next((bad[piece] for piece in file.pieces if piece in bad), None)
        if problem:
            verdict.problems.append(f"{file.path}: {problem}")


def _look_at_store(repository: Repository, backup: Backup, verdict: Verdict, scratch: Path) -> None:
    """Open every day file with what belongs to it, and count its rows."""
    by_path = {file.path: file for file in backup.files}
    counts: Counter[str] = Counter()
    for file in backup.files:
        if not file.path.startswith("store/") or not file.path.endswith(_DAY):
            continue
        beside = [by_path[file.path + end] for end in _BESIDE if file.path + end in by_path]
        with _made(repository, [file, *beside], verdict, scratch) as path:
            if path is not None:
                counts.update(_rows_of(path, file, verdict))
    verdict.store = dict(counts)


def _rows_of(path: Path, file: File, verdict: Verdict) -> dict[str, int]:
    try:
        doublewrite.undo(path)
        return rows_of_day(path)
    except (duckdb.Error, OSError) as error:
        verdict.problems.append(f"{file.path} cannot be opened: {error}")
        return {}


def rows_of_day(path: Path, *, read_only: bool = False) -> dict[str, int]:
    """Rows by table of a day file, without the store's own books. Raises duckdb.Error."""
    settings: dict[str, Any] = {"memory_limit": _MEMORY, "threads": 1}
    with duckdb.connect(str(path), read_only=read_only, config=settings) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        return {name: _count(connection, name) for (name,) in names if name not in _BOOKS}


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _look_at_database(
    repository: Repository, backup: Backup, verdict: Verdict, scratch: Path
) -> None:
    for file in backup.files:
        if file.path == SQLITE or file.path == f"store/{_IDS}":
            with _made(repository, [file], verdict, scratch) as path:
                if path is not None:
                    _look_at_sqlite(path, file, backup, verdict)
        elif file.path == DUMP:
            verdict.database = backup.database  # its rows are counted when it is restored
    if backup.engine == "sqlite" and SQLITE not in {file.path for file in backup.files}:
        verdict.problems.append(f"{SQLITE} is not there")


def _look_at_sqlite(path: Path, file: File, backup: Backup, verdict: Verdict) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                verdict.problems.append(f"{file.path}: {said}")
            if file.path == SQLITE:
                verdict.database = sqlite_counts(connection)
                _compare(verdict.problems, "the metadata", backup.database, verdict.database)
    except sqlite3.Error as error:
        verdict.problems.append(f"{file.path} cannot be opened: {error}")


@contextmanager
def _made(
    repository: Repository, files: list[File], verdict: Verdict, scratch: Path
) -> Iterator[Path | None]:
    """A file and what belongs to it, made anew for a moment; None if that cannot be done."""
    path: Path | None = None
    try:
        for file in reversed(files):
            path = place_of(scratch, file)
            write(repository, file, path)
    except Damaged as error:
        verdict.problems.append(str(error))
        path = None
    except OSError as error:
        raise BackupError(f"there is no room in {scratch} to look at it: {error}") from error
    try:
        yield path
    finally:
        for one in list(scratch.iterdir()):
            shutil.rmtree(one) if one.is_dir() else one.unlink()


def _compare(problems: list[str], what: str, wanted: dict[str, int], found: dict[str, int]) -> None:
    for name, count in sorted(wanted.items()):
        if found.get(name, 0) != count:
            problems.append(f"{what} has {found.get(name, 0)} rows in {name} instead of {count}")
