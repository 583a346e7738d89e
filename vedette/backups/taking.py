"""Takes a backup of a data folder, beside the running product or of one that is stopped.

What never changes goes first. Then the worker keeps store and metadata still (`holding.py`): the
metadata are pinned, the spool is taken hold of, and what has changed in the store since is copied
aside, at the speed of the disk. All else is read when everybody works again. Metadata, store and
spool are of one moment; what is deleted by its age meanwhile may be missing among the blobs.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec

from vedette import __version__, clock
from vedette.backups import folder, shelf, spooled
from vedette.backups.database import Pinned, pinned
from vedette.backups.errors import BackupError, Damaged, NoBackup
from vedette.backups.manifest import Backup, File, moment_of, name_of
from vedette.backups.pieces import Pieces
from vedette.backups.repository import Repository
from vedette.backups.stillness import staging_of, still
from vedette.config import Config
from vedette.sealing.sealer import rotation

log = logging.getLogger("vedette.backups")

_SEAL_KEYS: Final = "seal_keys"
_IDS: Final = "event_ids."
_CHECKPOINT: Final = "checkpoint.json"


def take(config: Config, repository: Repository, *, without: Path | None = None) -> Backup:
    """Take a backup, and return it once it is one. `without` is not part of the folder.

    Raises BackupError; then nothing was changed but the repository's spare objects.
    """
    with repository.owned(), staging_of(config.data) as staging:
        try:
            return Taking(config, repository, staging, without).run()
        except OSError as error:
            raise BackupError(f"the folder cannot be copied: {error}") from error


class Taking:
    """One backup under way."""

    def __init__(
        self, config: Config, repository: Repository, staging: Path, without: Path | None
    ) -> None:
        self._config = config
        self._repository = repository
        self._staging = staging
        self._without = () if without is None else (without.resolve(),)
        self._began = time.monotonic()
        self._pieces = Pieces(repository)
        self._earlier = _last(repository)
        self._before = {file.path: file for file in self._earlier.files} if self._earlier else {}
        self._files: dict[str, File] = {}
        self._marks: dict[str, folder.Mark] = {}
        self._moment = 0.0
        self._rows: dict[str, int] = {}

    def run(self) -> Backup:
        """See `take`."""
        self._add_by_content(list(folder.by_content(self._config.data)))
        self._add_settled_store()
        self._check_room()
        with ExitStack() as held:
            with rotation(self._config.data):  # secrets and their keys are of one moment
                database = self._take_hold(held)
            database.copy(self._staging / database.file)
            counts, applied = database.counts(), database.positions()
            migrations = database.migrations()
        large = list(folder.by_content(self._config.data))  # what comes later is of no row
        self._add_staged(database.file)
        spool = self._add_spool(applied)
        self._add_rest()
        self._add_by_content(large)
        backup = Backup(
            name=self._name(),
            moment=self._moment,
            seconds=round(time.monotonic() - self._began, 3),
            version=__version__,
            engine=database.engine,
            files=[self._files[path] for path in sorted(self._files)],
            store=self._rows,
            database=counts,
            spool=spool,
            written_bytes=self._pieces.written_bytes,
            migrations=migrations,
        )
        shelf.save(self._repository, backup)
        self._pieces.end()
        return backup

    def _check_room(self) -> None:
        """What is copied aside must not be what fills the disk. Raises BackupError."""
        changed = sum(
            mark.size
            for path in folder.of_store(self._config.data)
            if (mark := folder.mark_of(path)) and self._marks.get(self._name_of(path)) != mark
        )
        database = folder.mark_of(self._config.data / folder.SQLITE)
        needed = changed + (database.size if database else 0)
        free = shutil.disk_usage(self._config.data).free
        if free < needed + 2 * self._config.disk_free_min_bytes:
            raise BackupError(
                f"{needed / 1e6:.0f} MB have to be copied aside for a moment, and only "
                f"{free / 1e6:.0f} MB are free beside the data: make room first"
            )

    def _take_hold(self, held: ExitStack) -> Pinned:
        with still(self._config) as hold:
            self._moment = clock.timestamp()
            database = held.enter_context(pinned(self._config))
            self._link_dead()
            spooled.link(self._config.spool_folder, self._staging / folder.SPOOL)
            keys = self._config.data / _SEAL_KEYS
            if keys.exists():
                folder.copy(keys, self._staging / _SEAL_KEYS)
            self._stage_store(ids=True)
            if hold is not None:
                self._rows = hold.rows
                hold.go_on()
            self._stage_store(ids=False)
            if hold is not None:
                hold.done()
        return database

    def _link_dead(self) -> None:
        """Before the spool: a record that is tried again is in one of both, or in both."""
        source, target = self._config.data / folder.DEAD, self._staging / folder.DEAD
        target.mkdir()
        for path in folder.files(source):
            spooled.link_or_copy(path, target / path.name)

    def _stage_store(self, *, ids: bool) -> None:
        """Copy what is not kept yet as it is now: the event ids, or all else of the store."""
        there = set()
        for path in folder.of_store(self._config.data):
            name, mark = self._name_of(path), folder.mark_of(path)
            there.add(name)
            if mark is None or path.name.startswith(_IDS) != ids or self._marks.get(name) == mark:
                continue
            folder.copy(path, self._staging / name)
            self._files.pop(name, None)
        for name in [name for name in self._files if name.startswith(f"{folder.STORE}/")]:
            if name not in there:
                del self._files[name]  # a day that is over its retention

    def _add_by_content(self, paths: Iterable[Path]) -> None:
        for path in paths:
            name, mark = self._name_of(path), folder.mark_of(path)
            if mark is None:
                continue
            known = self._files.get(name) or self._before.get(name)
            if known and folder.is_by_content(path) and self._is_kept(known, mark.size):
                self._files[name] = File(name, mark.size, mark.changed, known.sha256, known.pieces)
            else:
                self._add_if_there(name, path)

    def _add_settled_store(self) -> None:
        """What has not changed for a while need not be copied aside while others wait."""
        for path in folder.of_store(self._config.data):
            name, mark = self._name_of(path), folder.mark_of(path)
            has_log = path.with_name(f"{path.name}.wal").exists()
            is_day = path.suffix == ".duckdb"
            if mark and is_day and not has_log and folder.is_settled(mark):
                self._add_unless_known(name, path, mark)
                if folder.mark_of(path) == mark:
                    self._marks[name] = mark

    def _add_staged(self, database: str) -> None:
        self._add(database, self._staging / database)
        for path in folder.files(self._staging / folder.STORE):
            self._add(path.relative_to(self._staging).as_posix(), path)
        for path in folder.files(self._staging / folder.DEAD):
            self._add(f"{folder.DEAD}/{path.name}", path)
        if (self._staging / _SEAL_KEYS).exists():
            self._add(_SEAL_KEYS, self._staging / _SEAL_KEYS)

    def _add_spool(self, applied: dict[str, int]) -> dict[str, int]:
        staged = self._staging / folder.SPOOL
        begin = spooled.starts(staged, applied, self._safe_positions())
        for part in spooled.parts(staged, begin):
            with part.open() as source:
                self._files[part.path] = self._pieces.add(
                    part.path, source, most_bytes=part.size, changed=int(self._moment * 1e9)
                )
        return begin

    def _safe_positions(self) -> dict[str, int]:
        """Up to where the copied store holds each writer's records for certain."""
        for place in (self._staging / folder.STORE, self._config.store_folder):
            if (place / _CHECKPOINT).exists():
                return msgspec.json.decode((place / _CHECKPOINT).read_bytes(), type=dict[str, int])
        return {}

    def _add_rest(self) -> None:
        for path in folder.rest(self._config.data, self._without):
            name, mark = self._name_of(path), folder.mark_of(path)
            if mark is not None and name not in self._files:
                self._add_unless_known(name, path, mark)

    def _add_unless_known(self, name: str, path: Path, mark: folder.Mark) -> None:
        known = self._before.get(name)
        was_settled = self._earlier is not None and folder.is_settled(mark, self._earlier.moment)
        if known and was_settled and (known.size, known.changed) == mark and self._has(known):
            self._files[name] = known
        else:
            self._add_if_there(name, path)

    def _add_if_there(self, name: str, path: Path) -> None:
        """Store a file that somebody may take away at any time."""
        try:
            self._add(name, path)
        except FileNotFoundError:
            log.debug("%s is gone", path)

    def _add(self, name: str, path: Path) -> None:
        """Store a file as it is. Raises OSError."""
        with path.open("rb") as source:
            found = os.fstat(source.fileno())
            self._files[name] = self._pieces.add(
                name, source, most_bytes=found.st_size, changed=found.st_mtime_ns
            )

    def _is_kept(self, known: File, size: int) -> bool:
        return known.size == size and self._has(known)

    def _has(self, known: File) -> bool:
        return self._pieces.has_all(known)

    def _name_of(self, path: Path) -> str:
        return path.relative_to(self._config.data).as_posix()

    def _name(self) -> str:
        """That of the moment, or of the second after the last one."""
        last = moment_of(self._earlier.name) if self._earlier else 0.0
        return name_of(max(self._moment, last + 1))


def _last(repository: Repository) -> Backup | None:
    """The newest backup, of which as much as possible is used again."""
    try:
        return shelf.load(repository, shelf.newest(repository))
    except (NoBackup, Damaged):
        return None
