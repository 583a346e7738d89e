"""The connections to the metadata that the turns of loops share."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger("vedette.loops")

_IDLE_SECONDS = 20.0


@dataclass(slots=True)
class LentConnections:
    """Lends a turn the connection that was given back last, so that few are open.

    Each knows the whole schema, 0.44 MB with SQLite, and a server of metadata has only so many:
    with one for each loop there were 39, of which three were in use at a time. Those that nobody
    wanted for 20 s are closed when another is given back.
    """

    _free: list[tuple[float, BaseDatabaseWrapper]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """The thread's connection is a lent one inside, or one of its own that is kept after."""
        self._take()
        try:
            yield
        finally:
            self._give_back()

    def close(self) -> None:
        """Close those that are free."""
        self._close_unwanted(before=float("inf"))

    def _take(self) -> None:
        from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections

        with self._lock:
            if not self._free:
                return
            connections[DEFAULT_DB_ALIAS] = self._free.pop()[1]
        close_old_connections()

    def _give_back(self) -> None:
        from django.db import DEFAULT_DB_ALIAS, connections

        for connection in connections.all(initialized_only=True):
            del connections[DEFAULT_DB_ALIAS]
            if connection.connection is None or connection.in_atomic_block:
                _close(connection)
                continue
            if not connection.allow_thread_sharing:
                connection.inc_thread_sharing()
            with self._lock:
                self._free.append((time.monotonic(), connection))
        self._close_unwanted(before=time.monotonic() - _IDLE_SECONDS)

    def _close_unwanted(self, before: float) -> None:
        with self._lock:
            kept = [lent for lent in self._free if lent[0] > before]
            unwanted = [connection for given, connection in self._free if given <= before]
            self._free[:] = kept
        for connection in unwanted:
            _close(connection)


def _close(connection: BaseDatabaseWrapper) -> None:
    try:
        connection.close()
    except Exception as error:  # it is gone in any case
        log.warning("a connection to the metadata did not end well: %s", error)
