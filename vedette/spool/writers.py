"""Several spool writers, one for each digester."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from vedette.spool.shares import share_of
from vedette.spool.writer import SpoolError, SpoolWriter


class SpoolWriters:
    """One writer per digester; a record goes to the one with the fewest waiting.

    Those with the same `tie` go to the same one of the writers for `tied` records, which so takes
    them in order. Whoever sends can choose the tie: these lie apart from all others, so that a
    flood of one tie, which its digester takes in turns with the rest, holds up nothing else.
    """

    def __init__(self, writers: Iterable[SpoolWriter], tied: Iterable[SpoolWriter]) -> None:
        self._writers = list(writers)
        self._tied = list(tied)
        self._turn = 0

    @classmethod
    def of_door(cls, spool_folder: Path, bells: Sequence[Path], *, segment_bytes: int) -> Self:
        """Two for each digester, whose bell is given: it takes the folders of its number."""

        def made(name: str) -> Iterator[SpoolWriter]:
            for index, bell in enumerate(bells):
                folder = spool_folder / f"{name}-{index}"
                yield SpoolWriter(folder, segment_bytes=segment_bytes, notify=bell)

        return cls(made("web"), made("web-tied"))

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start all; see `SpoolWriter.start`."""
        for writer in self._all:
            writer.start(loop)

    async def append(self, meta: bytes, body: bytes | Path, *, tie: str = "") -> None:
        """Write one record; see `SpoolWriter.append`."""
        await self._next(tie).append(meta, body)

    def append_with(
        self,
        meta: bytes,
        body: bytes | Path,
        done: Callable[[SpoolError | None], None],
        *,
        tie: str = "",
    ) -> None:
        """Write one record; see `SpoolWriter.append_with`."""
        self._next(tie).append_with(meta, body, done)

    async def stop(self) -> None:
        """Commit what is waiting, then close."""
        await asyncio.gather(*(writer.stop() for writer in self._all))

    def promised(self) -> dict[str, int]:
        """By writer, the position after everything that was given here so far."""
        return {writer.name: writer.promised for writer in self._all}

    @property
    def _all(self) -> list[SpoolWriter]:
        return self._writers + self._tied

    def _next(self, tie: str) -> SpoolWriter:
        """That of the tie, or the one with the fewest waiting; among equals they take turns."""
        if tie:
            return self._tied[share_of(tie, len(self._tied))]
        self._turn = (self._turn + 1) % len(self._writers)
        order = self._writers[self._turn :] + self._writers[: self._turn]
        return min(order, key=lambda writer: writer.waiting)
