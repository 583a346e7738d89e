"""Every open connection of the door: how many there may be, and how long each may wait.

A connection names the moment until which it may stay as it is; a sweep each second ends those
whose moment has passed, so a request that is whole at once costs no timer.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from itertools import islice
from typing import Protocol

HEAD_SECONDS = 20.0
IDLE_SECONDS = 75.0
STALL_SECONDS = 30.0
LINGER_SECONDS = 10.0
_SWEEP_SECONDS = 1.0
_SOON_SECONDS = 0.01
_MOST_AT_A_TIME = 20
_MOST_CONNECTIONS = 8192
_SPARE_FILES = 256


class Guarded(Protocol):
    """What the guard knows of a connection."""

    due: float
    address: str

    def expire(self) -> None:
        """End it at once."""


class Guard:
    """Counts and sweeps the connections of one process; for the event loop's thread only."""

    def __init__(self, *, most: int = 0, share: int = 0) -> None:
        self.most = most or _possible_connections()
        self._share = share or self.most // 2
        self._held: set[Guarded] = set()
        self._by_address: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None
        self.refused = 0
        self.expired = 0

    def __len__(self) -> int:
        return len(self._held)

    def admit(self, connection: Guarded) -> bool:
        """Count a new connection in; False if its address has too many.

        Where all places are taken, the connection that would be ended next makes room.
        """
        if self._by_address[connection.address] >= self._share:
            self.refused += 1
            return False
        if len(self._held) >= self.most:
            self._end(min(self._held, key=lambda held: held.due))
        self._held.add(connection)
        self._by_address[connection.address] += 1
        if self._timer is None:
            self._schedule(_SWEEP_SECONDS)
        return True

    def leave(self, connection: Guarded) -> None:
        """Count a connection out."""
        if connection in self._held:
            self._held.remove(connection)
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def sweep(self) -> None:
        """End what has waited too long, not too many at one time."""
        now = asyncio.get_running_loop().time()
        late = (held for held in self._held if held.due < now)
        ended = list(islice(late, _MOST_AT_A_TIME))
        for connection in ended:
            self._end(connection)
        self._timer = None
        if self._held:
            self._schedule(_SOON_SECONDS if len(ended) == _MOST_AT_A_TIME else _SWEEP_SECONDS)

    def _end(self, connection: Guarded) -> None:
        self.expired += 1
        self.leave(connection)
        connection.expire()

    def _schedule(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self.sweep)


def _possible_connections() -> int:
    """As many as the process may open files, after raising that to what is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + 2 * _SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    limit = _MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else soft - _SPARE_FILES
    return max(64, min(_MOST_CONNECTIONS, limit))
