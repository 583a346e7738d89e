"""Requests on disk in the order in which they came, until they are done: a spool and its notes.

What is known by place is read in two lanes: those of known senders as far as there are any, those
of strangers in a window behind. For the event loop's thread; files are read in others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Set
from pathlib import Path

from vedette.relay.losses import Lost
from vedette.relay.progress import Progress
from vedette.relay.queue import Entry, Queue
from vedette.relay.reading import Pass, Reader
from vedette.spool import backlog, segment
from vedette.spool.reader import remove_before
from vedette.spool.segment import HEADER_BYTES, Segment
from vedette.spool.writer import SpoolError, SpoolWriter

_WINDOW = 4096  # requests that are known by place; what lies behind them is read when they go
_MOST_HELD = 1 << 16  # while all that is known by place rests, or one would hold up all others
_MOST_DONE = 1 << 16


class Shelf:
    """One folder. `news` is called when there is something to be sent; without `known` senders
    there are no strangers.

    All that waits before `_strange_at` is known by place, and before `_at` that of known senders.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        segment_bytes: int,
        at_once: int,
        news: Callable[[], None],
        known: Iterable[str] | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self._writer = SpoolWriter(folder, segment_bytes=segment_bytes)
        self._progress = Progress(folder)
        self._news = news
        self._reader = Reader(name, folder, self._progress)
        self._known = None if known is None else set(known)
        self._at = self._strange_at = self._progress.before
        self._has_more = True
        self._reading = asyncio.Lock()
        self._new: set[str] = set()
        self._read_again_to = 0
        self.pending: dict[int, Entry] = {}
        self._strangers = 0  # of those
        self.queue = Queue(at_once)
        self.waiting_bytes = backlog.folder_bytes(folder)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to take requests."""
        self._writer.start(loop)

    async def stop(self) -> None:
        """Put what waits for it on disk, and note how far things are."""
        await self._writer.stop()
        self.tidy()
        self._progress.close()

    def append_with(
        self, meta: bytes, body: bytes | Path, done: Callable[[SpoolError | None], None]
    ) -> None:
        """Keep a request and call `done` once it is on disk, or with the error if it is not."""
        size = body.stat().st_size if isinstance(body, Path) else len(body)
        size += HEADER_BYTES + len(meta)
        self.waiting_bytes += size  # so that those who come meanwhile know of it

        def note(error: SpoolError | None) -> None:
            if error is not None:
                self.waiting_bytes -= size
            else:
                self._has_more = True
                self._news()
            done(error)

        self._writer.append_with(meta, body, note)

    async def append(self, meta: bytes, body: bytes | Path) -> None:
        """Keep a request and return once it is on disk. Raises SpoolError."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def note(error: SpoolError | None) -> None:
            if not written.done():
                written.set_exception(error) if error else written.set_result(None)

        self.append_with(meta, body, note)
        await written

    @property
    def damaged_bytes(self) -> int:
        """What could not be read."""
        return self._reader.damaged_bytes

    @property
    def wants_more(self) -> bool:
        """Whether the queue has room for what may lie on disk."""
        return self._wants_known or self._wants_strangers

    @property
    def _wants_known(self) -> bool:
        if not self._has_more or len(self._progress.done) > _MOST_DONE:
            return False  # one that waits lets few pass it
        return len(self.pending) - self._strangers < self._most(is_known=True)

    @property
    def _wants_strangers(self) -> bool:
        return self._strange_at < self._at and self._has_room_for_strangers

    @property
    def _has_room_for_strangers(self) -> bool:
        return self._strangers < self._most(is_known=False)

    def _most(self, *, is_known: bool) -> int:
        return _MOST_HELD if self.queue.is_at_rest(is_known=is_known) else _WINDOW // 2

    @property
    def oldest(self) -> float | None:
        """When the oldest of what waits was received."""
        first = min(self.pending, default=None)
        return self.pending[first].received if first is not None else None

    async def refill(self) -> list[Entry]:
        """Learn of more that lies on disk; returns what was found. Raises OSError."""
        async with self._reading:
            found = []
            if self._wants_known:
                found += await self._read_on()
            if self._wants_strangers:
                found += await self._read_behind()
            return found

    async def _read_on(self) -> list[Entry]:
        """What known senders have sent, and strangers too, if none of theirs is left behind."""
        self._has_more = False
        begin = self._at
        takes_all = self._strange_at == begin and self._has_room_for_strangers

        room = _room(len(self.pending) - self._strangers)
        one = Pass(begin, room, self.pending, lambda sender: takes_all or self._is_known(sender))
        try:
            await self._take(one)
        except BaseException:
            self._has_more = True
            raise
        self._has_more = self._has_more or one.is_cut
        self._at = one.at
        if takes_all:
            self._strange_at = one.at
        elif self._strange_at == begin:
            self._strange_at = one.at if one.first_left is None else one.first_left
        return one.found

    async def _read_behind(self) -> list[Entry]:
        """What strangers have sent, of what was passed."""
        room, end = _room(self._strangers), self._at
        one = Pass(self._strange_at, room, self.pending, lambda sender: True, end=end)
        await self._take(one)
        self._strange_at = one.at
        return one.found

    async def _take(self, one: Pass) -> None:
        await asyncio.to_thread(self._reader.read, one)
        self.waiting_bytes = max(self.waiting_bytes - one.settled_bytes, 0)
        for entry in one.found:
            entry.is_known = self._is_known(entry.sender)
            self.pending[entry.start] = entry
            self._strangers += not entry.is_known
            self.queue.add(entry)

    def _is_known(self, sender: str) -> bool:
        return self._known is None or sender in self._known

    async def learn(self, new: Set[str], gone: Set[str]) -> None:
        """Who is known now, and who is not any more.

        What the new ones have sent already lies among that of strangers: it is looked for from
        there on, and so stays in order. One search ends before another begins.
        """
        if self._known is None:
            return
        async with self._reading:
            self._new = (self._new | new) - gone
            self._known -= gone
            if not self._new or self._at < self._read_again_to:
                return
            self._known |= self._new
            for entry in self.pending.values():
                if not entry.is_known and entry.sender in self._new:
                    entry.is_known = True
                    self._strangers -= 1
            self.queue.promote(self._new)
            self._new = set()
            if self._strange_at < self._at:
                self._read_again_to, self._at = self._at, self._strange_at
                self._has_more = True
        self._news()

    def finish(self, entry: Entry) -> None:
        """It is done, whatever became of it."""
        if entry.start not in self.pending:
            return  # it was given up meanwhile, and its file with it
        self._progress.note(entry.start)  # first, as a reader asks for either
        self._forget(entry.start)
        self.waiting_bytes = max(self.waiting_bytes - (entry.end - entry.start), 0)

    def _forget(self, start: int) -> None:
        self._strangers -= not self.pending.pop(start).is_known

    def tidy(self) -> None:
        """Note how far things are, and delete the files of which nothing is needed."""
        self._progress.pass_to(min([self._strange_at, *self.pending]))
        remove_before(self.folder, self._progress.before)

    # Giving up the oldest

    def victim(self) -> Segment | None:
        """The oldest file that could be given up; None while all lies in the newest."""
        before = self._progress.before
        return next((held for held in segment.find(self.folder)[:-1] if held.end > before), None)

    async def give_up(self, end: int) -> Lost:
        """Send nothing more that begins before `end`, and say what that is.

        Nothing is deleted: `delete_before` does that once the loss is written down.
        """
        async with self._reading:
            self._pass(end)
            early = [entry for start, entry in self.pending.items() if start < end]
            for entry in early:
                entry.is_gone = True
            busy = [entry.start for entry in early if entry.is_busy]
            spared = self._progress.done | set(busy)
            lost = await asyncio.to_thread(self._read_before, end, spared, self._reader.seen)
        lost.busy = busy
        lost.size_bytes += sum(entry.end - entry.start for entry in early if entry.is_busy)
        return lost

    def delete_before(self, end: int, size_bytes: int) -> None:
        """Delete what was given up."""
        for start in [start for start in self.pending if start < end]:
            self._forget(start)
        self._pass(end)
        self._progress.pass_to(end)
        remove_before(self.folder, end)
        self.waiting_bytes = max(self.waiting_bytes - size_bytes, 0)

    def _pass(self, end: int) -> None:
        self._at, self._strange_at = max(self._at, end), max(self._strange_at, end)

    def not_done(self, starts: list[int]) -> Lost:
        """What some requests hold, by where they begin, but for those that are done."""
        wanted = set(starts) - self._progress.done
        lost = Lost()
        for place in self._reader.places(0, max(wanted, default=-1) + 1):
            if place.start in wanted:
                lost.add(place)
        return lost

    def _read_before(self, end: int, spared: set[int], known: int) -> Lost:
        """What lies before `end`; damage beyond what is `known` still takes room, too."""
        lost, at = Lost(), self._progress.before
        for place in self._reader.places(self._progress.before, end):
            lost.size_bytes += max(place.start - max(at, known), 0)
            at = place.end
            if place.start not in spared:
                lost.add(place)
        lost.size_bytes += max(end - max(at, known), 0)
        return lost


def _room(held: int) -> int:
    return max(_WINDOW - held, _WINDOW // 2)
