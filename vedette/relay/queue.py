"""In which order what waits is sent: each sender's requests one after the other, senders in turn.

There are two lanes, of those who are known and of strangers. For the event loop's thread only.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Set
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
    sender: str
    received: float
    is_known: bool = True
    failures: int = 0
    successes_before: int = 0
    is_busy: bool = False
    is_gone: bool = False


@dataclass(slots=True)
class _Group:
    sender: str
    waiting: deque[Entry] = field(default_factory=deque)
    busy: int = 0
    paused_until: float = 0.0
    is_listed: bool = False
    is_known: bool = True


class Queue:
    """Requests by sender; of one at most `at_once` are under way, begun in order."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._groups: dict[str, _Group] = {}
        self._ready: dict[bool, deque[str]] = {True: deque(), False: deque()}  # by whether known
        self._busy = {True: 0, False: 0}
        self._paused: list[tuple[float, str]] = []

    def add(self, entry: Entry) -> None:
        """At the end of its sender's."""
        group = self._groups.get(entry.sender)
        if group is None:
            group = _Group(entry.sender, is_known=entry.is_known)
            self._groups[entry.sender] = group
        entry.sender = group.sender  # the same text in memory
        group.waiting.append(entry)
        self._list(entry.sender)

    def next(self, *, is_known: bool = True) -> Entry | None:
        """The first of the sender whose turn it is, of those who are known or of the strangers;
        None if all are under way or paused."""
        self._revive()
        ready = self._ready[is_known]
        while ready:
            name = ready.popleft()
            group = self._groups[name]
            group.is_listed = False
            entry = self._first(group)
            if entry is None:
                self._forget(name)
                continue
            entry.is_busy = True
            group.busy += 1
            self._busy[is_known] += 1
            self._list(name)
            return entry
        return None

    def leave(self, entry: Entry) -> None:
        """It is no longer under way, and waits no more."""
        self._rest(entry)
        self._list(entry.sender)
        self._forget(entry.sender)

    def put_back(self, entry: Entry, seconds: float) -> None:
        """It waits again, at the head of its sender's, which rest for so long."""
        waiting = self._rest(entry).waiting
        place = next(
            (at for at, one in enumerate(waiting) if one.start > entry.start), len(waiting)
        )
        waiting.insert(place, entry)
        self._pause(entry.sender, seconds)

    def promote(self, senders: Set[str]) -> None:
        """These are strangers no more, with all that waits of them."""
        moved = {
            name for name in senders if name in self._groups and not self._groups[name].is_known
        }
        for name in moved:
            group = self._groups[name]
            group.is_known = True
            self._busy[False] -= group.busy
            self._busy[True] += group.busy
        strangers = self._ready[False]
        self._ready[True].extend(name for name in strangers if name in moved)
        self._ready[False] = deque(name for name in strangers if name not in moved)

    def is_at_rest(self, *, is_known: bool) -> bool:
        """Whether nothing of a lane is under way or can be begun, as all its senders rest."""
        self._revive()
        return not self._busy[is_known] and not self._ready[is_known]

    def rests_for(self) -> float | None:
        """Seconds until the next sender that rests goes on; None if none does."""
        return max(self._paused[0][0] - time.monotonic(), 0.0) if self._paused else None

    def _rest(self, entry: Entry) -> _Group:
        entry.is_busy = False
        group = self._groups[entry.sender]
        group.busy -= 1
        self._busy[group.is_known] -= 1
        return group

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
            self._ready[group.is_known].append(name)

    def _forget(self, name: str) -> None:
        group = self._groups[name]
        is_paused = group.paused_until > time.monotonic()
        if not (group.waiting or group.busy or group.is_listed or is_paused):
            del self._groups[name]
