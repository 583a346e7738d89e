"""Runs the loops, each in a thread of its own, until they are stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from vedette.loops import HeldBack, House, Loop
from vedette.loops._connections import LentConnections

log = logging.getLogger("vedette.loops")

_renewed_after: dict[str, float] = {}  # by the loop's name; nobody can take a lease before
_LEASE_TURNS = 3
_RETRY_SECONDS = 30.0  # after a failure, if the interval is longer
_LEAST_LEASE_SECONDS = 60.0
_FIRST_TURNS_APART = 0.03  # so that those which are soon done share a connection


class LoopRunner:
    """Starts and stops the loops; `status` tells how each is doing."""

    def __init__(self, house: House, loops: Sequence[Loop]) -> None:
        self._house = house
        self._loops = loops
        self._stopping = threading.Event()
        self._connections = LentConnections()
        self._giving_back = threading.Lock()
        self._is_away = False  # the metadata, when leases are given back
        self._threads: list[threading.Thread] = []
        self.status: dict[str, dict[str, Any]] = {loop.name: {"turns": 0} for loop in loops}

    def start(self) -> None:
        """Begin; the first turns come at once, one shortly after another."""
        for place, loop in enumerate(self._loops):
            thread = threading.Thread(
                target=self._run,
                args=(loop, place * _FIRST_TURNS_APART),
                name=f"loop-{loop.name}",
                daemon=True,
            )
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float = 20.0) -> None:
        """Let the turns at hand end."""
        self._stopping.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._connections.close()

    def _run(self, loop: Loop, begin_after: float) -> None:
        self._stopping.wait(begin_after)
        while not self._stopping.is_set():
            try:
                with self._connections.lent():
                    self.turn(loop)
            except Exception:  # of lending; those of the turn are told by it
                log.exception("the loop %s had no connection; it is tried again", loop.name)
            has_failed = "error" in self.status[loop.name]
            most = _RETRY_SECONDS if has_failed else loop.interval_seconds
            self._stopping.wait(min(loop.interval_seconds, most))
        if loop.needs_lease:
            # One after another: all end at the same moment, and would open a connection each.
            with self._giving_back:
                self._end(loop)

    def _end(self, loop: Loop) -> None:
        """Give its lease back, unless one before it could not be: each may wait for long."""
        if self._is_away:
            return
        with self._connections.lent():
            self._is_away = not _give_back(loop)

    def turn(self, loop: Loop) -> None:
        """One turn of a loop, if its lease can be had."""
        status = self.status[loop.name]
        started = time.monotonic()
        try:
            if loop.needs_lease and not _lease(loop):
                status["waits"] = "another node holds its lease"
                return
            status.pop("waits", None)
            loop.run(self._house)
            status.pop("held back", None)
            status.pop("error", None)
        except HeldBack as reason:
            log.warning("the loop %s is held back: %s", loop.name, reason)
            status["held back"] = str(reason)
            status.pop("error", None)
        except Exception as error:
            log.exception("the loop %s failed; it is tried again", loop.name)
            status["error"] = f"{type(error).__name__}: {error}"[:300]
        status["turns"] += 1
        status["at"] = time.time()
        status["seconds"] = round(time.monotonic() - started, 3)


def _lease(loop: Loop) -> bool:
    """Whether the lease is held: taken, or so lately that half of it is still to come."""
    if time.monotonic() < _renewed_after.get(loop.name, 0.0):
        return True
    from django.db import close_old_connections, connection

    from vedette.leases import taking

    if not connection.in_atomic_block:
        close_old_connections()
    seconds = max(loop.interval_seconds * _LEASE_TURNS, _LEAST_LEASE_SECONDS)
    is_held = taking.take(_lease_of(loop), seconds=seconds)
    if is_held:
        _renewed_after[loop.name] = time.monotonic() + seconds / 2
    return is_held


def _give_back(loop: Loop) -> bool:
    """The next process, or another node, need not wait for its end; whether that is so."""
    from vedette.leases import taking

    _renewed_after.pop(loop.name, None)
    try:
        taking.give_back(_lease_of(loop))
    except Exception as error:
        log.warning("the lease of the loop %s is not given back: %s", loop.name, error)
        return False
    return True


def _lease_of(loop: Loop) -> str:
    return f"loop:{loop.name}"
