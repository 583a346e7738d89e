"""Checkpoints: folds a file's log into the file, each file by itself.

One that fails is tried again, then with more memory. If it fails still, its rows stay in the
log, where they can be read and outlive the process, and the other files go on.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext

import duckdb

from vedette.store import damage, doublewrite
from vedette.store.dayfile import DayFile
from vedette.store.errors import StoreError, StoreUnavailable
from vedette.store.files import DayFiles
from vedette.store.instance import Instance

log = logging.getLogger("vedette.store")

_MOST_FAILURES = 3
_MOST_MERGES = 100
FOLDS_PER_MERGE = 32  # each fold adds row groups; merging them writes their rows again


class Folding:
    """For one thread at a time, as `Writing`."""

    def __init__(self, files: DayFiles, instance: Instance) -> None:
        self._files = files
        self._instance = instance
        self.most_unfolded_bytes = instance.memory_bytes // 6

    def fold(self, file: DayFile) -> bool:
        """Checkpoint a file; returns whether it has no log any more."""
        if not file.is_dirty:
            return True
        for has_more in (False, True):
            try:
                self._checkpoint(file, has_more=has_more)
            except OSError as error:
                log.warning("%s could not be checkpointed: %s", file.path.name, error)
                break
            except (duckdb.Error, StoreError) as error:
                log.warning("%s could not be checkpointed: %s", file.path.name, error)
                if isinstance(error, duckdb.Error) and damage.is_out_of_room(error):
                    self._files.recover(file, error)
                    break
                if not self._is_open_again(file):
                    break
            else:
                file.is_dirty = False
                file.unfolded_bytes = file.failures = 0
                return True
        file.failures += 1
        file.unfolded_bytes = 0  # tried again when as much has come in again
        return False

    def _is_open_again(self, file: DayFile) -> bool:
        try:
            self._files.renew(file)
        except StoreUnavailable as error:  # it is no reason to keep the other files waiting
            log.warning("%s", error)
            return False
        return True

    def gives_up(self, file: DayFile) -> bool:
        """Whether a file failed so often that the spool is no longer kept for it."""
        return file.failures >= _MOST_FAILURES

    def _checkpoint(self, file: DayFile, *, has_more: bool) -> None:
        with self._files.pinned([file]):
            cursor = self._instance.cursor()
            merges = file.folds >= FOLDS_PER_MERGE
            cursor.execute(f"SET GLOBAL max_vacuum_tasks = {_MOST_MERGES if merges else 0}")
            doublewrite.keep(cursor, file.name, file.path, file.handle())
            with self._instance.more_memory() if has_more else nullcontext():
                cursor.execute(f"CHECKPOINT {file.name}")
            doublewrite.forget(file.path)
        file.folds = 0 if merges else file.folds + 1
