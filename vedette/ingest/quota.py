"""What may come in: budgets, token buckets per key, back-pressure from the backlog and the disk.

Under pressure bulky kinds are refused first and errors last. A refusal is a `RateLimit` that
SDKs understand; nothing here blocks or reads a file on the request's path.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from vedette import items
from vedette.ingest.budgets import Budgets
from vedette.ingest.inspection import Inspection
from vedette.ingest.keys import Key
from vedette.spool import backlog
from vedette.wire.limits import RateLimit

_BULKY_SHARE = 0.5
_ATTACHMENT_SHARE = 0.75
_RETRY_SECONDS = 30
_LOOK_SECONDS = 0.5
_ABOUT_COUNTS = "internal"  # what SDKs say they threw away: it tells of the other kinds


class Pressure(IntEnum):
    """How much is refused: nothing, bulky kinds, all but errors, everything."""

    NONE = 0
    BULKY = 1
    ALL_BUT_ERRORS = 2
    EVERYTHING = 3


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Quota:
    """Decides per category; `look` refreshes the pressure and is called from a timer."""

    def __init__(
        self, *, spool_folder: Path, spool_max_bytes: int, disk_free_min_bytes: int
    ) -> None:
        self._spool_folder = spool_folder
        self._spool_max_bytes = spool_max_bytes
        self._disk_free_min_bytes = disk_free_min_bytes
        self.budgets = Budgets()
        self._buckets: dict[str, _Bucket] = {}
        self._bulky = items.categories(lambda kind: kind.is_bulky)
        self._vital = items.categories(lambda kind: kind.is_vital)
        self._unlimited = items.categories(lambda kind: not kind.is_limited)
        self.pressure = Pressure.NONE
        self.reason = "backlog"
        self.look_seconds = _LOOK_SECONDS

    def look(self) -> None:
        """Measure backlog and free disk and set the pressure."""
        free = shutil.disk_usage(self._spool_folder).free
        share = backlog.total_bytes(self._spool_folder) / self._spool_max_bytes
        if free < self._disk_free_min_bytes:
            self.pressure, self.reason = Pressure.EVERYTHING, "disk_full"
        elif share >= 1:
            self.pressure, self.reason = Pressure.EVERYTHING, "backlog"
        elif share >= _ATTACHMENT_SHARE:
            self.pressure, self.reason = Pressure.ALL_BUT_ERRORS, "backlog"
        elif share >= _BULKY_SHARE or free < 2 * self._disk_free_min_bytes:
            self.pressure, self.reason = Pressure.BULKY, "backlog"
        else:
            self.pressure = Pressure.NONE

    def has_room(self, public_key: str, key: Key, categories: dict[str, int]) -> bool:
        """Whether nothing of an envelope would be refused; takes nothing."""
        if self.pressure:
            return False
        if self.budgets.of(key.project_id) is not None and any(
            self.budgets.refusal(key.project_id, category) for category in categories
        ):
            return False
        if not key.is_limited:
            return True
        if any(_is_shut_out(category, key) for category in categories):
            return False
        if not key.events_per_minute:
            return True
        return all(
            self._bucket(public_key, key.events_per_minute, category).tokens >= 1
            for category in categories
            if category not in self._unlimited
        )

    def refuse_all(
        self, public_key: str, key: Key, seen: Inspection
    ) -> tuple[list[RateLimit], dict[str, str]]:
        """The limits that keep categories of an envelope out, and the reason for each of them.

        What is not refused is counted as taken.
        """
        limits: list[RateLimit] = []
        refused: dict[str, str] = {}
        has_budgets = self.budgets.of(key.project_id) is not None
        if not (self.pressure or key.is_limited or has_budgets):
            return limits, refused
        for category, quantity in seen.categories.items():
            limit = self.refuse(public_key, key, category, quantity)
            if limit is not None:
                limits.append(limit)
                refused[category] = limit.reason
            elif has_budgets:
                size = seen.sizes.get(category, 0)
                self.budgets.take(key.project_id, category, quantity, size)
        return limits, refused

    def refuse(self, public_key: str, key: Key, category: str, quantity: int) -> RateLimit | None:
        """The limit that keeps these items of a category out, or None. Takes tokens if not."""
        if self.pressure and self._is_pressed(category):
            return RateLimit(_RETRY_SECONDS, items.names_of(category), "organization", self.reason)
        if _is_shut_out(category, key):
            return RateLimit(_RETRY_SECONDS, items.names_of(category), "key", "key_kinds")
        over = self.budgets.refusal(key.project_id, category)
        if over is not None:
            return over
        if not key.events_per_minute or category in self._unlimited:
            return None
        return self._take(public_key, key.events_per_minute, category, quantity)

    def _is_pressed(self, category: str) -> bool:
        if self.pressure is Pressure.EVERYTHING:
            return True
        if category in self._bulky:
            return True
        return self.pressure is Pressure.ALL_BUT_ERRORS and category not in self._vital

    def _take(
        self, public_key: str, per_minute: int, category: str, quantity: int
    ) -> RateLimit | None:
        bucket = self._bucket(public_key, per_minute, category)
        if bucket.tokens >= 1:
            bucket.tokens = max(bucket.tokens - quantity, -float(per_minute))
            return None
        seconds = int((1 - bucket.tokens) / (per_minute / 60)) + 1
        return RateLimit(max(seconds, 1), items.names_of(category), "key", "key_quota")

    def _bucket(self, public_key: str, per_minute: int, category: str) -> _Bucket:
        """The key's tokens of a category, refilled up to now."""
        now = time.monotonic()
        name = f"{public_key}:{category}"
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(float(per_minute), now)
        refill = (now - bucket.at) * per_minute / 60
        bucket.tokens = min(float(per_minute), bucket.tokens + refill)
        bucket.at = now
        return bucket


def _is_shut_out(category: str, key: Key) -> bool:
    return bool(key.kinds) and category not in key.kinds and category != _ABOUT_COUNTS
