"""What another server has said: asked for by one at a time, and kept, its silence too.

Many people at once wait neither for many questions nor for long: a few wait for the question
that is under way, the others are told so, and for some seconds after a failure nobody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import Generic, TypeVar

from vedette import clock
from vedette.accounts.errors import SingleSignOnError

_PAUSE_SECONDS = 10.0
_MOST_WAITING = 4
_WAIT_SECONDS = 2.0
_UNDER_WAY = "The provider has not answered yet. Try again in a moment."


T = TypeVar("T")


class Remembered(Generic[T]):
    """The answer to one question, as long as it is younger than `keep_seconds`.

    An older answer serves while a new one cannot be had. Safe for threads.
    """

    def __init__(self, ask: Callable[[], T], *, keep_seconds: float) -> None:
        self._ask = ask
        self._keep_seconds = keep_seconds
        self._asking = Lock()
        self._waiting = BoundedSemaphore(_MOST_WAITING)
        self._answer: tuple[float, T] | None = None
        self._failure: tuple[float, str] | None = None

    def get(self, *, keep_seconds: float | None = None) -> T:
        """The answer, of at most this age where it can be had. Raises SingleSignOnError."""
        keep = self._keep_seconds if keep_seconds is None else keep_seconds
        fresh = self._fresh(keep)
        if fresh is not None:
            return fresh[1]
        if not self._is_turn():
            return self._last(_UNDER_WAY)
        try:
            fresh = self._fresh(keep)
            return fresh[1] if fresh is not None else self._ask_now()
        finally:
            self._asking.release()

    def _fresh(self, keep_seconds: float) -> tuple[float, T] | None:
        held = self._answer
        return held if held and clock.timestamp() - held[0] <= keep_seconds else None

    def _is_turn(self) -> bool:
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._asking.acquire(timeout=_WAIT_SECONDS)
        finally:
            self._waiting.release()

    def _ask_now(self) -> T:
        now = clock.timestamp()
        if self._failure and now - self._failure[0] < _PAUSE_SECONDS:
            return self._last(self._failure[1])
        try:
            answer = self._ask()
        except SingleSignOnError as error:
            words = f"{error} It is asked again in {_PAUSE_SECONDS:g} seconds."
            self._failure = clock.timestamp(), words
            return self._last(words)
        self._answer, self._failure = (clock.timestamp(), answer), None
        return answer

    def _last(self, fault: str) -> T:
        if self._answer is None:
            raise SingleSignOnError(fault)
        return self._answer[1]
