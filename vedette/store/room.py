"""Who may ask next: so many questions at once, shared fairly among askers and organisations.

One asker has at most half of the places, one organisation leaves at least one to the others, and
a place that becomes free goes to the organisation that has the fewest. The line of those who wait
is short, because a waiting question holds a thread of the process that asks: where it is full,
the longest organisation's last makes room for one that has fewer in it. A question that found no
memory beside the others is asked again alone: they end first, and for a moment nobody else begins.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vedette.store.asker import group_of
from vedette.store.errors import StoreBusy

_BUSY = "the store is busy with other questions: ask again in a moment"
_OWN_BUSY = "the store is busy with your other questions: ask again in a moment"
_GROUP_BUSY = "the store is busy with questions of your organisation: ask again in a moment"
_NO_MEMORY = "other questions hold the memory of the store: ask again in a moment"
_OTHERS_SECONDS = 4.0  # in which the others are to end
_ALONE_SECONDS = 3.0  # with these less than those in the line wait
_REST_TIMES = 3  # as long as others were kept out for an asker, it may not have that again


@dataclass(eq=False, slots=True)
class _Waiter:
    """One question in the line; `number` is its place in the order of arrival."""

    name: str
    group: str
    number: int
    is_sent_away: bool = False


class Room:
    """Safe for threads. The system itself, whose name is empty, has no share and no line."""

    def __init__(self, at_once: int, wait_seconds: float, *, line: int, own_line: int) -> None:
        self._at_once = at_once
        self._line = line
        self._own_line = own_line  # of one asker
        self._wait_seconds = wait_seconds
        self._changed = threading.Condition()
        self._askers: Counter[str] = Counter()
        self._groups: Counter[str] = Counter()
        self._waiting: list[_Waiter] = []
        self._arrived = 0
        self._alone: list[object] = []  # those who want to be alone, the first of whom may be
        self._shut_until = 0.0
        self._resting: dict[str, float] = {}  # askers that were alone, until when

    @contextmanager
    def place(self, name: str, check: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Wait for a place. Raises StoreBusy after a while, or at once if the line is full.

        Whatever `check` raises ends the waiting; see `look_again`.
        """
        group = group_of(name)
        with self._changed:
            self._wait(name, group, check)
            self._count(name, group, 1)
        try:
            yield
        finally:
            with self._changed:
                self._count(name, group, -1)

    @contextmanager
    def alone(self, name: str, check: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Within a place: nobody else is at work when this begins, and nobody begins for a moment.

        Those who want this take turns, each asker for a quarter of the time at most. Raises
        StoreBusy where it has had that or the others do not end in time, and whatever `check`
        raises.
        """
        mine, began = object(), time.monotonic()

        def is_alone() -> bool:
            check()
            return self._alone[0] is mine and self._askers.total() <= len(self._alone)

        with self._changed:
            if began < self._resting.get(name, 0.0):
                raise StoreBusy(_NO_MEMORY)
            self._alone.append(mine)
            self._shut_for(_OTHERS_SECONDS)
            try:
                if not self._changed.wait_for(is_alone, _OTHERS_SECONDS):
                    raise StoreBusy(_NO_MEMORY)
            except BaseException:
                self._together(mine, name, began)
                raise
            self._shut_for(_ALONE_SECONDS)
        opening = threading.Timer(_ALONE_SECONDS, self.look_again)
        opening.daemon = True
        opening.start()
        try:
            yield
        finally:
            opening.cancel()
            with self._changed:
                self._together(mine, name, began)

    @contextmanager
    def shut(self) -> Iterator[bool]:
        """Let nobody in meanwhile; whether the room is empty."""
        with self._changed:
            yield not self._askers.total()

    def look_again(self) -> None:
        """Those who wait are to check whether they still want to."""
        with self._changed:
            self._changed.notify_all()

    def at_work(self) -> int:
        """How many have a place."""
        with self._changed:
            return self._askers.total()

    def waiting(self, name: str) -> int:
        """How many questions of this asker stand in the line."""
        with self._changed:
            return sum(one.name == name for one in self._waiting)

    def _wait(self, name: str, group: str, check: Callable[[], None]) -> None:
        self._arrived += 1
        waiter = _Waiter(name, group, self._arrived)
        if not self._is_next(waiter):
            self._make_room(waiter)
        self._waiting.append(waiter)

        def is_over() -> bool:
            check()
            return waiter.is_sent_away or self._is_next(waiter)

        try:
            came = self._changed.wait_for(is_over, self._wait_seconds)
            if waiter.is_sent_away or not came:
                raise StoreBusy(self._why(waiter))
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            self._changed.notify_all()  # it may have stood before another

    def _make_room(self, waiter: _Waiter) -> None:
        """Keep the line within its bounds. Raises StoreBusy if nobody has more in it."""
        if not waiter.name:
            return
        if sum(one.name == waiter.name for one in self._waiting) >= self._own_line:
            raise StoreBusy(_OWN_BUSY)
        if len(self._waiting) < self._line:
            return
        held = Counter(one.group for one in self._waiting if one.name)
        longest = max(held, key=lambda group: held[group], default="")
        if held[longest] <= held[waiter.group] + 1:
            raise StoreBusy(_GROUP_BUSY if longest == waiter.group else _BUSY)
        last = next(one for one in reversed(self._waiting) if one.group == longest)
        last.is_sent_away = True
        self._waiting.remove(last)
        self._changed.notify_all()

    def _is_next(self, waiter: _Waiter) -> bool:
        """Whether a place is free and nobody else comes before."""
        if self._alone and time.monotonic() < self._shut_until:
            return False
        if self._askers.total() >= self._at_once or self._is_over(waiter):
            return False
        others = (one for one in self._waiting if one is not waiter and not self._is_over(one))
        return all(self._rank(waiter) < self._rank(other) for other in others)

    def _rank(self, waiter: _Waiter) -> tuple[int, int]:
        return self._groups[waiter.group], waiter.number

    def _is_over(self, waiter: _Waiter) -> bool:
        return bool(waiter.name) and (
            self._askers[waiter.name] >= max(self._at_once // 2, 1)
            or self._groups[waiter.group] >= max(self._at_once - 1, 1)
        )

    def _shut_for(self, seconds: float) -> None:
        self._shut_until = time.monotonic() + seconds

    def _together(self, mine: object, name: str, began: float) -> None:
        """Who was, or wanted to be, alone is that no more, and not again for a while."""
        self._alone.remove(mine)
        now = time.monotonic()
        kept_out = min(now - began, _OTHERS_SECONDS + _ALONE_SECONDS)
        self._resting = {one: until for one, until in self._resting.items() if until > now}
        if name:
            self._resting[name] = now + _REST_TIMES * kept_out
        self._changed.notify_all()

    def _why(self, waiter: _Waiter) -> str:
        if not self._is_over(waiter):
            return _BUSY
        is_own = self._askers[waiter.name] >= max(self._at_once // 2, 1)
        return _OWN_BUSY if is_own else _GROUP_BUSY

    def _count(self, name: str, group: str, change: int) -> None:
        """Count a question in or out, and let those who wait look again."""
        self._askers[name] += change
        self._groups[group] += change
        self._askers += Counter()  # forgets who has none
        self._groups += Counter()
        self._changed.notify_all()
