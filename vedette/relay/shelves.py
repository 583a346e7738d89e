"""All shelves of a relay, and how much they hold together.

Over the bound the oldest file goes, of what is bulky first and of errors last. What is lost is
written down before it is deleted, so that it is told once whenever the process ends.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from vedette.relay.known import News
from vedette.relay.losses import OVERFLOW, Losses, Lost, reports
from vedette.relay.options import Options
from vedette.relay.record import SHELVES, Kept, encode_kept
from vedette.relay.shelf import Shelf
from vedette.wire.envelope import new_event_id

log = logging.getLogger("vedette.relay")

_MOST_FILE_BYTES = 16 << 20
_LEAST_FILE_BYTES = 64 << 10
_FILES = 32  # of which the bound is made up: so little is lost at a time
_REFUSED_SHARE = 16
_NOTE = "giving-up"


class _Note(msgspec.Struct):
    """A loss that is being carried out."""

    end: int
    name: str
    size_bytes: int
    counts: list[tuple[str, str, dict[str, int]]]
    busy: list[int]


class Shelves:
    """The shelves by name; on `refused` lies what the upstream will never take. `known` senders go
    before others; without them all are equal."""

    def __init__(
        self,
        options: Options,
        losses: Losses,
        news: Callable[[], None],
        known: Iterable[str] | None = None,
    ) -> None:
        self._losses = losses
        self._most_bytes = options.most_bytes
        self._room = asyncio.Lock()
        self._untold: list[tuple[bytes, bytes]] = []
        size = min(max(options.most_bytes // _FILES, _LEAST_FILE_BYTES), _MOST_FILE_BYTES)

        def make(name: str, size: int, news: Callable[[], None]) -> Shelf:
            folder = options.folder / name
            return Shelf(
                name,
                folder,
                segment_bytes=size,
                at_once=options.at_once,
                news=news,
                known=known,
            )

        self.by_name = {name: make(name, size, news) for name in SHELVES}
        self._most_refused = options.most_bytes // _REFUSED_SHARE
        self.refused = make("refused", max(self._most_refused // 8, 1 << 14), lambda: None)
        self.refused_count = 0

    def __iter__(self) -> Iterator[Shelf]:
        return iter(self.by_name.values())

    async def start(self) -> None:
        """Begin to take requests, and finish what a sudden end has left half done."""
        loop = asyncio.get_running_loop()
        for shelf in (*self, self.refused):
            shelf.start(loop)
        for shelf in self:
            note = _read(shelf.folder / _NOTE)
            if note is not None:
                late = shelf.not_done(note.busy)
                await self._carry_out(shelf, note)
                await self._tell(late, note.name + " under way")

    async def stop(self) -> None:
        """Put what waits for it on disk."""
        await asyncio.gather(*(shelf.stop() for shelf in (*self, self.refused)))

    @property
    def waiting_bytes(self) -> int:
        """What waits on all of them."""
        return sum(shelf.waiting_bytes for shelf in self)

    def has_room(self, size: int) -> bool:
        """Whether so much can be kept with nothing given up for it."""
        return self.waiting_bytes + size <= self._most_bytes

    async def make_room(self, size: int) -> bool:
        """Give up the oldest for something new; False if there is nothing to be given up."""
        async with self._room:
            while not self.has_room(size):
                if not await self._give_up_one():
                    return False
        return True

    async def learn(self, news: News) -> None:
        """Who is known now; see `Shelf.learn`."""
        for shelf in self:
            await shelf.learn(*news)

    def tidy(self) -> None:
        """Note how far things are; see `Shelf.tidy`."""
        for shelf in self:
            shelf.tidy()

    async def set_aside(self, kept: Kept, body: bytes | Path) -> None:
        """Keep what the upstream has refused for good, as long as there is room for it."""
        await self.refused.append(encode_kept(kept), body)
        self.refused_count += 1
        while self.refused.waiting_bytes > self._most_refused:
            victim = self.refused.victim()
            if victim is None:
                break
            self.refused.delete_before(victim.end, victim.end - victim.start)

    async def tell(self) -> None:
        """Put reports of what was let go on the shelf of errors."""
        if not self._untold:
            self._untold = self._losses.take()
        while self._untold:  # one that cannot be written is told later
            await self.by_name["errors"].append(*self._untold[0])
            self._untold.pop(0)

    async def _give_up_one(self) -> bool:
        for name in reversed(SHELVES):
            shelf = self.by_name[name]
            victim = shelf.victim()
            if victim is not None:
                await self._give_up(shelf, victim.end)
                return True
        return False

    async def _give_up(self, shelf: Shelf, end: int) -> None:
        lost = await shelf.give_up(end)
        counts = [(*sender, items) for sender, items in lost.counts.items()]
        note = _Note(end, new_event_id(), lost.size_bytes, counts, lost.busy)
        await asyncio.to_thread(_write, shelf.folder / _NOTE, note)
        await self._carry_out(shelf, note)

    async def _carry_out(self, shelf: Shelf, note: _Note) -> None:
        """Tell of a loss, then delete it; done again after a sudden end, it is told once."""
        lost = Lost({(project, key): items for project, key, items in note.counts})
        await self._tell(lost, note.name)
        shelf.delete_before(note.end, note.size_bytes)
        (shelf.folder / _NOTE).unlink(missing_ok=True)
        items = sum(sum(counts.values()) for counts in lost.counts.values())
        log.error("no room: %d items of the shelf %s were given up", items, shelf.name)

    async def _tell(self, lost: Lost, name: str) -> None:
        for categories in lost.counts.values():
            self._losses.note(categories, OVERFLOW)
        for meta, body in reports(lost.counts, OVERFLOW, name):
            await self.by_name["errors"].append(meta, body)


def _write(path: Path, note: _Note) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        file.write(msgspec.msgpack.encode(note))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> _Note | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_Note)
    except FileNotFoundError:
        return None
