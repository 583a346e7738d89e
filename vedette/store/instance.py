"""The DuckDB instance of a store: its settings, and a cursor per thread and purpose.

Day files are attached to it by name. An instance that DuckDB has invalidated is replaced by
a new one in the same process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from vedette.store.errors import StoreUnavailable

log = logging.getLogger("vedette.store")

_NEVER = "1TB"  # the store checkpoints by itself, where a failure can be dealt with
_MOST_SPILLED = "2GB"
_MORE = 4
_KEPT_SHARE = 6  # of the cache, after writing
_QUESTION_SHARE = 2  # all intermediates of one question take at most this part of the limit


class Instance:
    """Hands out cursors; safe for threads."""

    def __init__(self, folder: Path, *, memory_bytes: int, threads: int) -> None:
        self._folder = folder
        self.memory_bytes = memory_bytes
        self._threads = threads
        self._local = threading.local()
        self.generation = 0
        self._limit_lock = threading.Lock()
        self._is_lean = False
        self._connection = self._connect()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's cursor for writing and for the store's own look-ups."""
        return self._take("writing")

    def question_cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's cursor for questions, whose memory is bounded."""
        self.take_all()
        return self._take("asking")

    def drop_question_cursor(self) -> None:
        """Forget this thread's cursor for questions, with everything that is bound to it."""
        self._local.asking = None

    def is_broken(self) -> bool:
        """Whether the whole instance, not only one of its files, takes nothing any more."""
        try:
            self._connection.cursor().execute("SELECT 1").fetchall()
        except duckdb.Error:
            return True
        return False

    def replace(self) -> None:
        """Go on with a new instance; every file has to be attached again."""
        log.error("the database engine has failed and is started again")
        self.close()
        self._connection = self._connect()
        self.generation += 1

    @contextmanager
    def more_memory(self) -> Iterator[None]:
        """For what cannot be done within the limit and must be done: several times as much."""
        cursor = self._connection.cursor()
        cursor.execute(f"SET GLOBAL memory_limit = '{_megabytes(self.memory_bytes * _MORE)}'")
        try:
            yield
        finally:
            cursor.execute(f"SET GLOBAL memory_limit = '{_megabytes(self.memory_bytes)}'")

    def take_less(self, bytes_needed: int) -> None:
        """Go on with half of the limit, or with `bytes_needed` if that is more, until `take_all`.

        What is cached beyond is given back. Nothing may run meanwhile, as for `shed`; the first
        question that comes has all again.
        """
        enough = max(self.memory_bytes // 2, bytes_needed)
        if enough >= self.memory_bytes:
            return
        with self._limit_lock:
            self._is_lean = True
            try:
                self._limit(enough)
            except duckdb.Error as error:
                log.debug("the cache stays: %s", error)

    def take_all(self) -> None:
        """End `take_less`, if it has not ended yet."""
        with self._limit_lock:
            if not self._is_lean:
                return
            self._is_lean = False
            try:
                self._limit(self.memory_bytes)
            except duckdb.Error as error:  # only an engine that is going to be replaced
                log.debug("the limit stays: %s", error)

    def shed(self) -> None:
        """Give back what is only cached; the system's own cache holds the files still.

        Nothing may run meanwhile: it would find a part of the memory.
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute(
                f"SET GLOBAL memory_limit = '{_megabytes(self.memory_bytes // _KEPT_SHARE)}'"
            )
        except duckdb.Error as error:
            log.debug("the cache stays: %s", error)
        finally:
            cursor.execute(f"SET GLOBAL memory_limit = '{_megabytes(self.memory_bytes)}'")

    def close(self) -> None:
        """End; files that are attached keep their logs."""
        self._local = threading.local()
        try:
            self._connection.close()
        except duckdb.Error as error:
            log.warning("the database engine did not close well: %s", error)

    def _limit(self, size: int) -> None:
        self._connection.cursor().execute(f"SET GLOBAL memory_limit = '{_megabytes(size)}'")

    def _take(self, purpose: str) -> duckdb.DuckDBPyConnection:
        held: tuple[int, duckdb.DuckDBPyConnection] | None = getattr(self._local, purpose, None)
        if held is not None and held[0] == self.generation:
            return held[1]
        cursor = self._connection.cursor()
        if purpose == "asking":
            most = _megabytes(self.memory_bytes // _QUESTION_SHARE)
            cursor.execute(f"SET operator_memory_limit = '{most}'")
        setattr(self._local, purpose, (self.generation, cursor))
        return cursor

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(
                config={
                    "memory_limit": _megabytes(self.memory_bytes),
                    "threads": self._threads,
                    "temp_directory": str(self._folder / "spill"),
                    "max_temp_directory_size": _MOST_SPILLED,
                    "checkpoint_threshold": _NEVER,
                    "checkpoint_on_detach": "DISABLED",
                    "allocator_background_threads": True,
                    "allocator_flush_threshold": "16MB",
                    "allocator_bulk_deallocation_flush_threshold": "16MB",
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "preserve_insertion_order": False,
                }
            )
            connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        except duckdb.Error as error:
            raise StoreUnavailable(f"the store cannot be opened: {error}") from error
        return connection


def _megabytes(size: int) -> str:
    return f"{max(size >> 20, 1)}MB"
