"""The key table: public key → project, held in memory and refreshed in the background.

The loader is given by the composition root, so the door knows no database. An unknown key
waits for a fresh look (at most four a second), so a new project's DSN works at once. Of many
unknown ones most are answered from a look of the last quarter of a second: a relay, or whoever
else sends one after the other, would come to nothing but strangers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

log = logging.getLogger("vedette.ingest")

REFRESH_SECONDS = 5.0
_MISS_SECONDS = 0.25
_MOST_PATIENT = 20  # unknown keys in a row that wait for a look of their own
_PATIENT_PER_SECOND = 1.0


@dataclass(frozen=True, slots=True)
class Key:
    """What the door must know of a public key. `works_until` is seconds since 1970, 0 for ever;
    an empty list of domains, networks or kinds allows all. `former_project_id` is the project's
    number where the key was taken over from, 0 for none: DSNs that were given out there name it."""

    project_id: int
    is_active: bool = True
    events_per_minute: int = 0
    allowed_domains: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    works_until: float = 0.0
    former_project_id: int = 0

    def opens(self, project_id: int) -> bool:
        """Whether a DSN with the key may name this project."""
        return project_id == self.project_id or 0 < project_id == self.former_project_id

    @property
    def is_open_to_all(self) -> bool:
        """Whether nobody who holds it is refused, whoever and wherever it is."""
        return self.is_active and not (self.allowed_domains or self.networks or self.works_until)

    @property
    def is_limited(self) -> bool:
        """Whether of what comes with it something may be refused for how much or what it is."""
        return bool(self.events_per_minute or self.kinds)


class KeyTable:
    """Keys in memory. Reads never block; refreshes run in a thread of their own."""

    def __init__(self, load: Callable[[], Mapping[str, Key]]) -> None:
        self._load = load
        self._keys: Mapping[str, Key] = {}
        self._refreshed = float("-inf")
        self._lock = asyncio.Lock()
        self._patience = float(_MOST_PATIENT)
        self._missed = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "keys")

    async def start(self) -> None:
        """Load the keys and keep them fresh until `stop`."""
        await self._refresh()
        self._task = asyncio.create_task(self._keep_fresh())

    async def stop(self) -> None:
        """End the background refresh."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def known(self, public_key: str) -> Key | None:
        """The key from memory."""
        return self._keys.get(public_key)

    async def find(self, public_key: str) -> Key | None:
        """The key, looked up afresh if it is not in memory."""
        key = self._keys.get(public_key)
        if key is not None:
            return key
        asked = time.monotonic()
        wanted = asked if self._is_patient(asked) else asked - _MISS_SECONDS
        if self._refreshed >= wanted:
            return None
        async with self._lock:
            if self._refreshed < wanted:  # else others have looked while this one waited
                await asyncio.sleep(self._refreshed + _MISS_SECONDS - time.monotonic())
                await self._refresh()
        return self._keys.get(public_key)

    def _is_patient(self, now: float) -> bool:
        """Whether this unknown key may wait for a look of its own: a few in a row, then one a
        second."""
        grown = self._patience + (now - self._missed) * _PATIENT_PER_SECOND
        self._patience, self._missed = min(grown, float(_MOST_PATIENT)), now
        if self._patience < 1.0:
            return False
        self._patience -= 1.0
        return True

    async def _refresh(self) -> None:
        began = time.monotonic()
        try:
            loop = asyncio.get_running_loop()
            self._keys = await loop.run_in_executor(self._thread, self._load)
        except Exception:
            if not self._keys and self._refreshed == float("-inf"):
                raise
            log.exception("the key table could not be refreshed; the old one stays in use")
        self._refreshed = began

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await self._refresh()
