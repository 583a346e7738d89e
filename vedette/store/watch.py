"""Notices clients that went away while their question is at work."""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger("vedette.store")

_POLL_MS = 200
_GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class Watch:
    """One thread looks at all connections that wait for an answer."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, Callable[[], None]] = {}
        self._is_running = False

    @contextmanager
    def over(self, connection: socket.socket, when_gone: Callable[[], None]) -> Iterator[None]:
        """Call `when_gone` if the other side closes in the meantime."""
        handle = connection.fileno()
        with self._changed:
            self._waiting[handle] = when_gone
            if not self._is_running:
                threading.Thread(target=self._run, name="store-watch", daemon=True).start()
                self._is_running = True
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._waiting.pop(handle, None)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                handles = list(self._waiting)
            poll = select.poll()
            for handle in handles:
                poll.register(handle, _GONE)
            gone = poll.poll(_POLL_MS)
            with self._changed:
                for handle, _ in gone:
                    when_gone = self._waiting.pop(handle, None)
                    try:
                        if when_gone is not None:
                            when_gone()
                    except Exception:  # the others are watched all the same
                        log.exception("a question could not be cancelled")
