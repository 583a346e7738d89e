"""The thread that writes what was appended: every few seconds, or sooner when it is much."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from vedette.store.errors import StoreError

log = logging.getLogger("vedette.store")

_BEHIND = 1.4  # so many flushes' worth may wait in memory; then appending waits for one


class Flusher:
    """Started by the first append; counts what waits."""

    def __init__(self, flush: Callable[[], None], seconds: float, *, rows: int, size: int) -> None:
        self._flush = flush
        self._seconds = seconds
        self._most = (rows, size)
        self._waiting = (0, 0)
        self._changed = threading.Condition()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that nothing more should be taken before a flush."""
        return self._is_above(_BEHIND)

    def add(self, rows: int, size: int) -> None:
        """So much was appended."""
        with self._changed:
            self._waiting = (self._waiting[0] + rows, self._waiting[1] + size)
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(target=self._run, name="flusher", daemon=True)
                self._thread.start()
            if self._is_above(1):
                self._changed.notify_all()

    def done(self, rows: int, size: int) -> None:
        """A flush came to its end; so much waits still, of files that could not be written or
        that came meanwhile."""
        with self._changed:
            self._waiting = (rows, size)

    def stop(self) -> None:
        """End the thread; a flush that is at work is finished."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _is_above(self, times: float) -> bool:
        return any(
            held > times * most for held, most in zip(self._waiting, self._most, strict=True)
        )

    def _run(self) -> None:
        while True:
            with self._changed:
                due = time.monotonic() + self._seconds
                self._changed.wait_for(
                    lambda: self._is_stopping or self._is_above(1), self._seconds
                )
                if self._is_stopping:
                    return
                has_work = self._waiting != (0, 0)
            if has_work:
                try:
                    self._flush()
                except StoreError as error:
                    log.warning("what was appended waits for the next flush: %s", error)
                    self._pause(due)
                except Exception:
                    log.exception("a flush failed; it is tried again")
                    self._pause(due)

    def _pause(self, until: float) -> None:
        """Not at once again, even if much waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopping, max(until - time.monotonic(), 0.5))
