"""A bounded number of requests at once, with a bounded line before it and a share per address."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """No room, and none to wait for."""


class Slots:
    """`most` at once, `line` waiting for at most `seconds`; one address takes at most `share`."""

    def __init__(self, *, most: int, line: int, seconds: float, share: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._line = line
        self._seconds = seconds
        self._share = share
        self._by_address: Counter[str] = Counter()
        self.waiting = 0
        self.busy = 0

    @asynccontextmanager
    async def take(self, address: str) -> AsyncIterator[None]:
        """A place for as long as the block runs. Raises Full."""
        if self._by_address.get(address, 0) >= self._share:
            raise Full
        if self._free.locked() and self.waiting >= self._line:
            raise Full
        self._by_address[address] += 1
        try:
            await self._wait()
            self.busy += 1
            try:
                yield
            finally:
                self.busy -= 1
                self._free.release()
        finally:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    async def _wait(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        self.waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Full from None
        finally:
            self.waiting -= 1
