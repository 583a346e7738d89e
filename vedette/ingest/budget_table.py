"""Keeps the door's budgets fresh: windows close twice a second, sums come every few seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from vedette.ingest.budgets import Budgets, Standing

log = logging.getLogger("vedette.ingest")

REFRESH_SECONDS: Final = 5.0
_WINDOW_SECONDS: Final = 0.5


class BudgetTable:
    """Reads never block; `load` runs in a thread of its own. While it fails, budgets go on from
    what was known; before it has ever worked there are none."""

    def __init__(
        self,
        budgets: Budgets,
        load: Callable[[], Standing],
        ends: Callable[[], Mapping[str, int]],
    ) -> None:
        self._budgets = budgets
        self._load = load
        self._ends = ends
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "budgets")
        self._failed = False

    async def start(self) -> None:
        """Load the budgets and keep them fresh until `stop`."""
        await self.refresh()
        self._task = asyncio.create_task(self._keep_fresh())

    async def stop(self) -> None:
        """End the refresh."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def refresh(self) -> None:
        """Ask how the budgets stand, and take it over."""
        self._budgets.close_window(self._ends())
        try:
            loop = asyncio.get_running_loop()
            standing = await loop.run_in_executor(self._thread, self._load)
        except Exception as error:  # whatever the database raises
            if not self._failed:
                log.warning("budgets cannot be read; they go on from what is known: %s", error)
            self._failed = True
        else:
            self._failed = False
            self._budgets.renew(standing)

    async def _keep_fresh(self) -> None:
        refreshed = time.monotonic()
        while True:
            await asyncio.sleep(_WINDOW_SECONDS)
            if time.monotonic() - refreshed >= REFRESH_SECONDS:
                refreshed = time.monotonic()
                await self.refresh()
            else:
                self._budgets.close_window(self._ends())
