"""Names to addresses by the system's resolver, without holding the loop.

The resolver knows no deadline, so it works in threads. A name is asked for once at a time, for
all who wait for it; names that were slow lately share a few of the threads, so that however many
of them hang, the others never wait for one. Answers are kept for a few seconds.
"""

from __future__ import annotations

import asyncio
import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeAlias

Found: TypeAlias = "list[str] | OSError"

MOST_THREADS = 32
MOST_SLOW_THREADS = 8
MOST_STUCK = 128  # threads that hang with names not known to be slow yet
SLOW_SECONDS = 1.0
KEPT_SECONDS = 5.0
_MOST_KEPT = 4096
_IDLE_SECONDS = 30.0


async def look_up(host: str) -> list[str]:
    """The addresses of a name, in the system's order of preference. Raises OSError."""
    found = await asyncio.shield(asyncio.wrap_future(_names.find(host)))
    if isinstance(found, OSError):
        raise found
    return found


class _Threads:
    """`most` of them, made when they are needed, gone when they are not; those that are stuck
    are made up for, up to `at_most` in all.
    """

    def __init__(self, most: int, at_most: int) -> None:
        self._most, self._at_most = most, at_most
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._count = 0
        self._open = 0  # errands given out and not done
        self._began: dict[int, float] = {}  # by thread, of what it does now

    def do(self, errand: Callable[[], None]) -> None:
        """Have it done by a thread."""
        with self._lock:
            self._open += 1
            is_one_more = self._open > self._count and self._count < self._limit()
            self._count += is_one_more
        self._waiting.put(errand)
        if is_one_more:
            threading.Thread(target=self._work, name="names", daemon=True).start()

    def _limit(self) -> int:
        if self._count < self._most:
            return self._most
        now = time.monotonic()
        stuck = sum(now - began > SLOW_SECONDS for began in self._began.values())
        return min(self._most + stuck, self._at_most)

    def _work(self) -> None:
        me = threading.get_ident()
        while True:
            try:
                errand = self._waiting.get(timeout=_IDLE_SECONDS)
            except queue.Empty:
                with self._lock:
                    if self._open < self._count:
                        self._count -= 1
                        return
                continue
            with self._lock:
                self._began[me] = time.monotonic()
            errand()
            with self._lock:
                self._open -= 1
                del self._began[me]


class Names:
    """What is asked for now, what was found lately, and which names were slow."""

    def __init__(self, resolve: Callable[[str], list[str]]) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Found]] = {}
        self._kept: dict[str, tuple[float, Future[Found]]] = {}
        self._slow: set[str] = set()
        self._quick_threads = _Threads(MOST_THREADS - MOST_SLOW_THREADS, MOST_STUCK)
        self._slow_threads = _Threads(MOST_SLOW_THREADS, MOST_SLOW_THREADS)

    def find(self, host: str) -> Future[Found]:
        """The answer, or what will be it. It holds an error rather than raising it."""
        with self._lock:
            end, future = self._kept.get(host, (0.0, None))
            if future is not None and end > time.monotonic():
                return future
            future = self._asked.get(host)
            if future is not None:
                return future
            future = self._asked[host] = Future()
            threads = self._slow_threads if host in self._slow else self._quick_threads
        threads.do(lambda: self._ask(host, future))
        return future

    def _ask(self, host: str, future: Future[Found]) -> None:
        began = time.monotonic()
        try:
            found: Found = self._resolve(host)
        except OSError as error:
            found = error
        except UnicodeError as error:
            found = OSError(str(error))
        self._note(host, future, found, time.monotonic() - began)
        future.set_result(found)

    def _note(self, host: str, future: Future[Found], found: Found, seconds: float) -> None:
        with self._lock:
            self._asked.pop(host, None)
            if seconds > SLOW_SECONDS and len(self._slow) < _MOST_KEPT:
                self._slow.add(host)
            else:
                self._slow.discard(host)
            if isinstance(found, list):
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[host] = (time.monotonic() + KEPT_SECONDS, future)


def _system(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


_names = Names(_system)


def _renew() -> None:
    """A process that was forked has none of the threads."""
    global _names
    _names = Names(_system)


os.register_at_fork(after_in_child=_renew)
