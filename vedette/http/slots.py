"""A bounded number of requests at once, with a bounded line before it and a share per address."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """No room, and none to wait for."""


class Slots:
    """`most` at once, `line` waiting for at most `seconds`.

    One address is at work with at most `at_once` of them, and takes at most `share` of slots
    and line together: whatever one does, the others find a free slot.
    """

    def __init__(self, *, most: int, line: int, seconds: float, share: int, at_once: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._line = line
        self._seconds = seconds
        self._share = share
        self._at_once = at_once
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._by_address: Counter[str] = Counter()
        self.waiting = 0
        self.busy = 0

    @asynccontextmanager
    async def take(self, address: str) -> AsyncIterator[None]:
        """A place for as long as the block runs. Raises Full."""
        if self._by_address.get(address, 0) >= self._share:
            raise Full
        turns = self._turns.get(address) or asyncio.Semaphore(self._at_once)
        must_wait = self._free.locked() or turns.locked()
        if must_wait and self.waiting >= self._line:
            raise Full
        self._by_address[address] += 1
        self._turns[address] = turns
        try:
            await (self._wait(turns) if must_wait else self._enter(turns))
            self.busy += 1
            try:
                yield
            finally:
                self.busy -= 1
                self._free.release()
                turns.release()
        finally:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address], self._turns[address]

    async def _wait(self, turns: asyncio.Semaphore) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._enter(turns)
        except TimeoutError:
            raise Full from None
        finally:
            self.waiting -= 1

    async def _enter(self, turns: asyncio.Semaphore) -> None:
        """The address's own turn first: who waits for it keeps no slot from the others."""
        await turns.acquire()
        try:
            await self._free.acquire()
        except BaseException:
            turns.release()
            raise
