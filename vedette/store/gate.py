"""Lets a bounded number of questions in at once, each for a bounded time, and ends them early.

One asker has at most half of the turns and a short line, so that nobody's slow questions keep
the others out. The questions of the health check have a turn of their own: whether the store
answers is another thing than whether it is busy.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from vedette.store.asker import HEALTH, asker
from vedette.store.errors import BadQuery, QuestionCancelled, StoreBusy

AT_ONCE = 4
WAIT_SECONDS = 10.0
QUESTION_SECONDS = 30.0
_MOST_CHECKS = 32
_BUSY = "the store is busy with other questions: ask again in a moment"
_OWN_BUSY = "the store is busy with your other questions: ask again in a moment"


class Turn:
    """One question's turn: what it runs on, and why it was ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._ended: Exception | None = None

    def start(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """The question runs on this cursor from now on. Raises if it was ended before."""
        with self._lock:
            self._cursor = cursor
        self.check()

    def check(self) -> None:
        """Raise what ended the question, if it was ended."""
        if self._ended is not None:
            raise self._ended

    def finish(self) -> None:
        """Nothing runs any more."""
        with self._lock:
            self._cursor = None

    def cancel(self) -> None:
        """Nobody wants the answer."""
        self._end(QuestionCancelled("the question was cancelled"))

    def expire(self) -> None:
        """Its time is over."""
        self._end(BadQuery(f"the question took longer than {self._seconds:g} s"))

    def _end(self, reason: Exception) -> None:
        with self._lock:
            self._ended = self._ended or reason
            if self._cursor is not None:
                self._cursor.interrupt()


class _Room:
    """So many turns at once, of which one asker has at most a share. Safe for threads."""

    def __init__(self, at_once: int, wait_seconds: float, line: int) -> None:
        self._at_once = at_once
        self._share = max(at_once // 2, 1)
        self._line = line  # of one asker: more would keep the threads that ask from others
        self._wait_seconds = wait_seconds
        self._changed = threading.Condition()
        self._busy: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()

    @contextmanager
    def place(self, name: str) -> Iterator[None]:
        """Wait for a place. Raises StoreBusy after a while; at once if this asker's line is long.

        The system itself, whose name is empty, has no share.
        """
        with self._changed:
            self._enter(name)
        try:
            yield
        finally:
            with self._changed:
                self._busy[name] -= 1
                self._busy += Counter()  # forgets who has none
                self._changed.notify_all()

    @contextmanager
    def shut(self) -> Iterator[bool]:
        """Let nobody in meanwhile; whether the room is empty."""
        with self._changed:
            yield not self._busy.total()

    def _enter(self, name: str) -> None:
        if name and self._waiting[name] >= self._line:
            raise StoreBusy(_OWN_BUSY)
        self._waiting[name] += 1
        try:
            if not self._changed.wait_for(lambda: self._is_free(name), self._wait_seconds):
                raise StoreBusy(_OWN_BUSY if self._is_over(name) else _BUSY)
        finally:
            self._waiting[name] -= 1
            self._waiting += Counter()
        self._busy[name] += 1

    def _is_free(self, name: str) -> bool:
        return self._busy.total() < self._at_once and not self._is_over(name)

    def _is_over(self, name: str) -> bool:
        return bool(name) and self._busy[name] >= self._share


class Gate:
    """Safe for threads."""

    def __init__(self, *, at_once: int = AT_ONCE, wait_seconds: float = WAIT_SECONDS) -> None:
        self._room = _Room(at_once, wait_seconds, at_once)
        self._health = _Room(1, wait_seconds, _MOST_CHECKS)
        self._turns: dict[str, Turn] = {}

    @contextmanager
    def turn(self, seconds: float | None, token: str | None) -> Iterator[Turn]:
        """Wait for room, then have a turn. Raises StoreBusy after a while; see `_Room.place`."""
        limit = min(seconds or QUESTION_SECONDS, QUESTION_SECONDS)
        turn = Turn(limit)
        if token is not None:
            self._turns[token] = turn
        try:
            name = asker()
            with (self._health if name == HEALTH else self._room).place(name):
                timer = threading.Timer(limit, turn.expire)
                timer.daemon = True
                timer.start()
                try:
                    yield turn
                finally:
                    timer.cancel()
                    turn.finish()
        finally:
            if token is not None:
                self._turns.pop(token, None)

    @contextmanager
    def shut(self) -> Iterator[bool]:
        """Let no question begin meanwhile, for milliseconds; whether none is being answered."""
        with self._room.shut() as is_empty, self._health.shut() as is_unchecked:
            yield is_empty and is_unchecked

    def cancel(self, token: str) -> None:
        """End the question of this token, if there is one."""
        turn = self._turns.get(token)
        if turn is not None:
            turn.cancel()
