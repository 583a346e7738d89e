"""Restores a backup into an empty folder, or in the place of what is in one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Final

import duckdb

from vedette import clock
from vedette.backups import folder, swapping, versions
from vedette.backups.database import (
    DUMP,
    postgres_counts,
    run_tool,
    sqlite_counts,
    url_for_tools,
)
from vedette.backups.errors import BackupError, Damaged, InUse
from vedette.backups.folder import SQLITE
from vedette.backups.manifest import Backup, name_of
from vedette.backups.repository import Repository
from vedette.backups.stillness import is_claimed
from vedette.backups.verifying import rows_of_day
from vedette.backups.writing import place_of, write
from vedette.claim import Claimed, claim
from vedette.config import Config

_TAKEOVER_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.1


def restore(config: Config, repository: Repository, backup: Backup, *, replace: bool) -> str:
    """Restore into the data folder; returns where what was there before is kept, or "".

    The files are made and compared beside what is there, and then take its place: at once if
    nothing runs, else `vedette serve` stops, lets them in and starts again. Raises BackupError,
    and then all is as it was.
    """
    data = config.data
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_running = is_claimed(config.run_folder)
    _check(config, backup, is_running=is_running, replace=replace)
    restoring = data / folder.RESTORING
    try:
        restoring.mkdir(exist_ok=True, mode=0o700)
        handle = claim(restoring)
    except Claimed:
        raise InUse(f"a backup is being restored into {data} already") from None
    except OSError as error:
        raise BackupError(f"{restoring}: {error.strerror}") from error
    try:
        _make(config, repository, backup, restoring / swapping.FILES)
        before = f"{folder.BEFORE}{name_of(clock.timestamp())}"
        swapping.want(data, before)
        _take_over(config, is_running=is_running)
    except (OSError, sqlite3.Error, duckdb.Error) as error:
        raise BackupError(f"the backup cannot be restored: {error}") from error
    finally:
        if not swapping.is_wanted(data):
            shutil.rmtree(restoring, ignore_errors=True)
        os.close(handle)
    return str(data / before) if (data / before).exists() else ""


def _check(config: Config, backup: Backup, *, is_running: bool, replace: bool) -> None:
    """Refuse early what cannot end well. Raises BackupError."""
    data = config.data
    versions.check(backup)
    if swapping.is_wanted(data):
        raise InUse(f"{data} is about to be replaced already: start or restart `vedette serve`")
    if not replace and any(not swapping.stays(path) for path in data.iterdir()):
        raise BackupError(f"{data} is not empty: name another folder, or say --replace")
    if not is_running and is_claimed(config.store_folder):
        raise InUse(f"a process works on {data}: stop it first")
    if (backup.engine == "postgresql") != bool(config.database_url):
        words = "an empty database as" if backup.engine == "postgresql" else "no"
        raise BackupError(f"this backup's metadata need {words} VEDETTE_DATABASE_URL")
    if config.database_url and is_running:
        raise InUse("with PostgreSQL stop Vedette first; then restore, with an empty database")
    free = shutil.disk_usage(data).free
    if free < backup.size_bytes + config.disk_free_min_bytes:
        raise BackupError(
            f"there is no room: {backup.size_bytes / 1e9:.2f} GB are needed, {free / 1e9:.2f} free"
        )


def _make(config: Config, repository: Repository, backup: Backup, files: Path) -> None:
    """Make all files and compare them with the manifest. Raises BackupError, OSError."""
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(mode=0o700)
    for file in backup.files:
        write(repository, file, place_of(files, file))
    _compare("the store", backup.store, _store_rows(files))
    if backup.engine == "sqlite":
        with closing(
            sqlite3.connect(f"{(files / SQLITE).as_uri()}?mode=ro", uri=True)
        ) as connection:
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise Damaged(f"{SQLITE}: {said}")
            _compare("the metadata", backup.database, sqlite_counts(connection))
    else:
        _restore_postgres(config.database_url, files / DUMP, backup)
    os.sync()


def _store_rows(files: Path) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for path in sorted((files / folder.STORE).glob("*.duckdb")):
        if not path.with_name(f"{path.name}.wal").exists():
            counts.update(rows_of_day(path, read_only=True))
        else:
            return {}  # to read its log would write it
    return dict(counts)


def _restore_postgres(url: str, dump: Path, backup: Backup) -> None:
    import psycopg

    with psycopg.connect(url_for_tools(url)) as connection:
        if postgres_counts(connection):
            raise BackupError("the database of VEDETTE_DATABASE_URL is not empty: make a new one")
    whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    run_tool("pg_restore", url, *whole, str(dump))
    with psycopg.connect(url_for_tools(url)) as connection:
        _compare("the metadata", backup.database, postgres_counts(connection))
    dump.unlink()


def _compare(what: str, wanted: dict[str, int], found: dict[str, int]) -> None:
    for name, count in wanted.items():
        if found and found.get(name, 0) != count:
            raise Damaged(f"{what} has {found.get(name, 0)} rows in {name} instead of {count}")


def _take_over(config: Config, *, is_running: bool) -> None:
    """Let the files in, or wait until the running product has done so. Raises BackupError."""
    if not is_running and swapping.finish(config.data, config.run_folder):
        return
    deadline = time.monotonic() + _TAKEOVER_SECONDS
    while swapping.is_wanted(config.data):
        if time.monotonic() > deadline:
            raise BackupError(
                "the running Vedette has not let the restored files in: they are ready, "
                "and the next `vedette serve` does"
            )
        time.sleep(_POLL_SECONDS)
