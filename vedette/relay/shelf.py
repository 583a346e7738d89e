"""Requests on disk in the order in which they came, until they are done: a spool and its notes.

For the event loop's thread; files are read in others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from vedette.relay.losses import Lost
from vedette.relay.progress import Progress
from vedette.relay.queue import Entry, Queue
from vedette.relay.record import decode_kept
from vedette.spool import backlog, segment
from vedette.spool.reader import remove_before
from vedette.spool.segment import HEADER_BYTES, Place, Segment
from vedette.spool.writer import SpoolError, SpoolWriter

log = logging.getLogger("vedette.relay")

_WINDOW = 4096  # requests that are known by place; what lies behind them is read when they go
_MOST_KNOWN = 1 << 16  # while all that is known rests, or one project would hold up all others
_MOST_DONE = 1 << 16


class Shelf:
    """One folder. `news` is called when there is something to be sent."""

    def __init__(
        self, name: str, folder: Path, *, segment_bytes: int, at_once: int, news: Callable[[], None]
    ) -> None:
        self.name = name
        self.folder = folder
        self._writer = SpoolWriter(folder, segment_bytes=segment_bytes)
        self._progress = Progress(folder)
        self._news = news
        self._at = self._progress.before
        self._has_more = True
        self._reading = asyncio.Lock()
        self.pending: dict[int, Entry] = {}
        self.queue = Queue(at_once)
        self.waiting_bytes = backlog.folder_bytes(folder)
        self.damaged_bytes = 0

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
    def wants_more(self) -> bool:
        """Whether the queue has room for what may lie on disk."""
        if not self._has_more or len(self._progress.done) > _MOST_DONE:
            return False  # one that waits lets few pass it
        most = _MOST_KNOWN if self.queue.is_at_rest else _WINDOW // 2
        return len(self.pending) < most

    @property
    def oldest(self) -> float | None:
        """When the oldest of what waits was received."""
        first = next(iter(self.pending.values()), None)
        return first.received if first is not None else None

    async def refill(self) -> list[Entry]:
        """Learn of more that lies on disk; returns what was found. Raises OSError."""
        async with self._reading:
            if not self.wants_more:
                return []  # another has looked meanwhile
            self._has_more = False
            most = max(_WINDOW - len(self.pending), _WINDOW // 2)
            try:
                read = await asyncio.to_thread(self._scan, self._at, most)
            except BaseException:
                self._has_more = True
                raise
            found, self._at, settled, is_cut = read
        self._has_more = self._has_more or is_cut
        self.waiting_bytes = max(self.waiting_bytes - settled, 0)
        for entry in found:
            self.pending[entry.start] = entry
            self.queue.add(entry)
        return found

    def finish(self, entry: Entry) -> None:
        """It is done, whatever became of it."""
        if self.pending.pop(entry.start, None) is None:
            return  # it was given up meanwhile, and its file with it
        self._progress.note(entry.start)
        self.waiting_bytes = max(self.waiting_bytes - (entry.end - entry.start), 0)

    def tidy(self) -> None:
        """Note how far things are, and delete the files of which nothing is needed."""
        first = next(iter(self.pending), None)
        self._progress.pass_to(self._at if first is None else first)
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
            known, self._at = self._at, max(self._at, end)
            early = [entry for start, entry in self.pending.items() if start < end]
            for entry in early:
                entry.is_gone = True
            busy = [entry.start for entry in early if entry.is_busy]
            spared = self._progress.done | set(busy)
            lost = await asyncio.to_thread(self._read_before, end, spared, known)
        lost.busy = busy
        lost.size_bytes += sum(entry.end - entry.start for entry in early if entry.is_busy)
        return lost

    def delete_before(self, end: int, size_bytes: int) -> None:
        """Delete what was given up."""
        for start in [start for start in self.pending if start < end]:
            self.pending.pop(start)
        self._at = max(self._at, end)
        self._progress.pass_to(end)
        remove_before(self.folder, end)
        self.waiting_bytes = max(self.waiting_bytes - size_bytes, 0)

    def not_done(self, starts: list[int]) -> Lost:
        """What some requests hold, by where they begin, but for those that are done."""
        wanted = set(starts) - self._progress.done
        lost = Lost()
        for place in self._places(0, max(wanted, default=-1) + 1):
            if place.start in wanted:
                lost.add(place)
        return lost

    def _read_before(self, end: int, spared: set[int], known: int) -> Lost:
        """What lies before `end`; damage beyond what is `known` still takes room, too."""
        lost, at = Lost(), self._progress.before
        for place in self._places(self._progress.before, end):
            lost.size_bytes += max(place.start - max(at, known), 0)
            at = place.end
            if place.start not in spared:
                lost.add(place)
        lost.size_bytes += max(end - max(at, known), 0)
        return lost

    def _places(self, start: int, end: int) -> Iterator[Place]:
        for held in segment.find(self.folder):
            at = max(start, held.start)
            if held.start >= end or held.end <= at:
                continue
            with held.path.open("rb") as file:
                while at < min(end, held.end):
                    place = segment.place_at(file, held, at, is_checked=False)
                    if place is None:
                        at += segment.damage_at(file, held, at) or held.end - at
                    else:
                        yield place
                        at = place.end

    # Reading on

    def _scan(self, at: int, most: int) -> tuple[list[Entry], int, int, bool]:
        """Entries from a position on; its end, bytes that wait no more, whether there is more."""
        found: list[Entry] = []
        settled = 0
        while True:
            segments = segment.find(self.folder)
            holding = [held for held in segments if held.start <= at]
            if not holding:
                at, holding = segments[0].start, segments[:1]
            held, is_last = holding[-1], holding[-1] is segments[-1]
            with held.path.open("rb") as file:
                at, passed = self._scan_file(file, held, at, most, found)
                settled += passed
                if len(found) >= most:
                    return found, at, settled, True
                if is_last:
                    return found, at, settled, False
                at, passed = self._step_over(file, held, at)
                settled += passed
            if at >= held.end:
                at = min(other.start for other in segments if other.start > held.start)

    def _scan_file(
        self, file: BinaryIO, held: Segment, at: int, most: int, found: list[Entry]
    ) -> tuple[int, int]:
        passed = 0
        while len(found) < most:
            place = segment.place_at(file, held, at, is_checked=True)
            if place is None:
                break
            entry = self._entry(place, held)
            if entry is None:
                passed += place.end - place.start
            else:
                found.append(entry)
            at = place.end
        return at, passed

    def _entry(self, place: Place, held: Segment) -> Entry | None:
        """What waits at a place; None if it is done, or nothing that can be read."""
        if place.start in self._progress.done:
            return None
        try:
            kept = decode_kept(place.meta)
        except msgspec.MsgspecError:
            log.error("shelf %s: what lies at %d is no request", self.name, place.start)
            return None
        return Entry(place.start, place.end, held, kept.group, kept.received)

    def _step_over(self, file: BinaryIO, held: Segment, at: int) -> tuple[int, int]:
        """Pass what is no record, in a file that grows no more: where to go on, and its size."""
        if at >= held.end:
            return at, 0
        passed = segment.damage_at(file, held, at)
        if passed:
            log.error("shelf %s: %d damaged bytes at %d", self.name, passed, at)
            self.damaged_bytes += passed
        return at + passed, passed
