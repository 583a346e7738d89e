"""Who waits for an answer may go away: then nothing is asked for them any more."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from vedette.store.errors import QuestionCancelled


class Waiting:
    """Somebody who waits for what one thread asks. `go` may be called in any other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._has_gone = False

    def go(self) -> None:
        """End the question at work, and every one that would come after it."""
        with self._lock:
            self._has_gone = True
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def on(self, connection: socket.socket) -> Iterator[None]:
        """A question is at work on this connection. Raises QuestionCancelled if they have gone."""
        with self._lock:
            self._check()
            self._connection = connection
        try:
            yield
        except (OSError, EOFError):
            self._check()
            raise
        finally:
            with self._lock:
                self._connection = None

    def _check(self) -> None:
        if self._has_gone:
            raise QuestionCancelled("whoever asked has gone")


_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def asked_by(waiting: Waiting) -> Iterator[None]:
    """Within, and in what is started within, questions are asked for this one."""
    before = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(before)


@contextmanager
def at_work(connection: socket.socket) -> Iterator[None]:
    """A question is at work on this connection, for whoever waits here, if anybody does."""
    waiting = _waiting.get()
    with contextlib.nullcontext() if waiting is None else waiting.on(connection):
        yield
