"""In which order what waits is sent: each project's requests one after the other, projects in turn.

For the event loop's thread only.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import dataclass, field

import msgspec

from vedette.spool.segment import Segment


class Entry(msgspec.Struct, gc=False, eq=False):
    """A request that waits: where it lies, and how often it could not be delivered.

    `is_gone`: it was given up for want of room while it was under way.
    """

    start: int
    end: int
    segment: Segment
    group: str
    received: float
    failures: int = 0
    successes_before: int = 0
    is_busy: bool = False
    is_gone: bool = False


@dataclass(slots=True)
class _Group:
    waiting: deque[Entry] = field(default_factory=deque)
    busy: int = 0
    paused_until: float = 0.0
    is_listed: bool = False


class Queue:
    """Requests by group; of one group at most `at_once` are under way, begun in order."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._groups: dict[str, _Group] = {}
        self._ready: deque[str] = deque()
        self._paused: list[tuple[float, str]] = []
        self._busy = 0

    def add(self, entry: Entry) -> None:
        """At the end of its group."""
        self._groups.setdefault(entry.group, _Group()).waiting.append(entry)
        self._list(entry.group)

    def next(self) -> Entry | None:
        """The first of the group whose turn it is; None if all are under way or paused."""
        self._revive()
        while self._ready:
            name = self._ready.popleft()
            group = self._groups[name]
            group.is_listed = False
            entry = self._first(group)
            if entry is None:
                self._forget(name)
                continue
            entry.is_busy = True
            group.busy += 1
            self._busy += 1
            self._list(name)
            return entry
        return None

    def leave(self, entry: Entry) -> None:
        """It is no longer under way, and waits no more."""
        entry.is_busy = False
        self._groups[entry.group].busy -= 1
        self._busy -= 1
        self._list(entry.group)
        self._forget(entry.group)

    def put_back(self, entry: Entry, seconds: float) -> None:
        """It waits again, at the head of its group, which rests for so long."""
        entry.is_busy = False
        group = self._groups[entry.group]
        group.busy -= 1
        self._busy -= 1
        waiting = group.waiting
        place = next(
            (at for at, one in enumerate(waiting) if one.start > entry.start), len(waiting)
        )
        waiting.insert(place, entry)
        self._pause(entry.group, seconds)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is under way and nothing can be begun, as all groups are paused."""
        self._revive()
        return not self._busy and not self._ready

    def rests_for(self) -> float | None:
        """Seconds until the next paused group goes on; None if none is paused."""
        return max(self._paused[0][0] - time.monotonic(), 0.0) if self._paused else None

    def _first(self, group: _Group) -> Entry | None:
        while group.waiting:
            entry = group.waiting.popleft()
            if not entry.is_gone:
                return entry
        return None

    def _pause(self, name: str, seconds: float) -> None:
        group = self._groups[name]
        group.paused_until = max(group.paused_until, time.monotonic() + seconds)
        heapq.heappush(self._paused, (group.paused_until, name))

    def _revive(self) -> None:
        now = time.monotonic()
        while self._paused and self._paused[0][0] <= now:
            _, name = heapq.heappop(self._paused)
            self._list(name)

    def _list(self, name: str) -> None:
        """Let a group take its turn, if anything of it can be begun."""
        group = self._groups.get(name)
        if group is None or group.is_listed or not group.waiting:
            return
        if group.busy < self._at_once and group.paused_until <= time.monotonic():
            group.is_listed = True
            self._ready.append(name)

    def _forget(self, name: str) -> None:
        group = self._groups[name]
        is_paused = group.paused_until > time.monotonic()
        if not (group.waiting or group.busy or group.is_listed or is_paused):
            del self._groups[name]
