"""Lets a bounded number of questions in at once, each for a bounded time, and ends them early.

Whose turn it is, `room` says: nobody's slow questions keep the others out. The questions of the
health check have a turn of their own: whether the store answers is another thing than whether it
is busy.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from vedette.store.asker import HEALTH, asker
from vedette.store.errors import BadQuery, QuestionCancelled
from vedette.store.room import Room

AT_ONCE = 4
WAIT_SECONDS = 10.0
QUESTION_SECONDS = 30.0
_AGAIN_SECONDS = 0.1
_MOST_WAITING = 16  # with those at work fewer than the pages have threads
_MOST_OWN = 10  # with those at work as many as the pages take of one address at once
_MOST_CHECKS = 32


class Turn:
    """One question's turn: what it runs on, and why it was ended."""

    def __init__(self, seconds: float, room: Room, name: str) -> None:
        self._seconds = seconds
        self._name = name  # of who asks
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._ended: Exception | None = None
        self._room = room

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other question is being answered when this begins; see `Room.alone`."""
        with self._room.alone(self._name, self.check):
            yield

    def is_alone(self) -> bool:
        """Whether no other question is being answered now."""
        return self._room.at_work() == 1

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
        self._interrupt()

    def _interrupt(self) -> None:
        """Again and again until it has ended: what only begins forgets an interruption."""
        with self._lock:
            if self._cursor is None:
                return
            with suppress(duckdb.Error):  # the engine has failed, and the question with it
                self._cursor.interrupt()
        again = threading.Timer(_AGAIN_SECONDS, self._interrupt)
        again.daemon = True
        again.start()


class Gate:
    """Safe for threads."""

    def __init__(self, *, at_once: int = AT_ONCE, wait_seconds: float = WAIT_SECONDS) -> None:
        self._room = Room(at_once, wait_seconds, line=_MOST_WAITING, own_line=_MOST_OWN)
        self._health = Room(1, wait_seconds, line=_MOST_CHECKS, own_line=_MOST_CHECKS)
        self._turns: dict[str, Turn] = {}

    @contextmanager
    def turn(self, seconds: float | None, token: str | None) -> Iterator[Turn]:
        """Wait for room, then have a turn. Raises StoreBusy after a while; see `Room`."""
        limit = min(seconds or QUESTION_SECONDS, QUESTION_SECONDS)
        name = asker()
        room = self._health if name == HEALTH else self._room
        turn = Turn(limit, room, name)
        if token is not None:
            self._turns[token] = turn
        try:
            with room.place(name, turn.check):
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
        """End the question of this token, if there is one; also one that stands in the line."""
        turn = self._turns.get(token)
        if turn is not None:
            turn.cancel()
            for room in (self._room, self._health):
                room.look_again()
