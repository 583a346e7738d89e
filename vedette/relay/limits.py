"""The limits that the upstream has told: which categories of whom it takes none of, until when.

Source: protocol, section 1.7. A limit of a key holds for that key, any other for the project.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from vedette import items
from vedette.wire.limits import RateLimit, read_rate_limits

_MOST_SENDERS = 10_000
_MOST_CATEGORIES = 100
_MOST_SECONDS = 35 * 86400  # a quota of a month is the longest there is
_ALL = ""


class _Limit(NamedTuple):
    until: float
    scope: str
    reason: str


class Limits:
    """A table in memory; after a restart the upstream tells them anew."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], dict[str, _Limit]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def learn(self, group: str, key: str, told: bytes) -> None:
        """Take note of a value of X-Sentry-Rate-Limits."""
        now = time.monotonic()
        for limit in read_rate_limits(told):
            until = now + min(limit.retry_after_seconds, _MOST_SECONDS)
            sender = (group, key if limit.scope == "key" else "")
            self._note(sender, limit, _Limit(until, limit.scope or "organization", limit.reason))

    def of(self, group: str, key: str, categories: Iterable[str]) -> dict[str, RateLimit]:
        """The limits in force for these categories, by category."""
        if not self._held:
            return {}
        now = time.monotonic()
        tables = [self._held[who] for who in ((group, ""), (group, key)) if who in self._held]
        found: dict[str, RateLimit] = {}
        for category in categories if tables else ():
            names = items.names_of(category)
            limits = [table[name] for table in tables for name in (*names, _ALL) if name in table]
            last = max(limits, key=lambda limit: limit.until, default=None)
            if last is not None and last.until > now:
                seconds = int(last.until - now) + 1
                found[category] = RateLimit(seconds, names, last.scope, last.reason)
        return found

    def forget_old(self) -> None:
        """Let go of limits that have ended."""
        now = time.monotonic()
        for who, table in list(self._held.items()):
            kept = {name: limit for name, limit in table.items() if limit.until > now}
            if kept:
                self._held[who] = kept
            else:
                del self._held[who]

    def _note(self, sender: tuple[str, str], limit: RateLimit, noted: _Limit) -> None:
        if sender not in self._held and len(self._held) >= _MOST_SENDERS:
            self.forget_old()
            if len(self._held) >= _MOST_SENDERS:
                del self._held[next(iter(self._held))]
        table = self._held.setdefault(sender, {})
        for name in limit.categories or (_ALL,):
            if name in table or len(table) < _MOST_CATEGORIES:
                table[name] = noted
