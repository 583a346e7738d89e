"""What the relay itself has let go: counted, and told the upstream as the protocol says.

A count becomes a client report of its project, which waits on the shelf like anything else.
Source: protocol, section 3.10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
import xxhash

from vedette import clock
from vedette.relay.record import Kept, decode_kept, encode_kept
from vedette.spool.segment import Place
from vedette.wire.envelope import build_envelope, new_event_id

OVERFLOW = "cache_overflow"
LIMITED = "ratelimit_backoff"
_MOST_WAITING = 10_000
_NOT_TOLD = frozenset({"internal"})
Sender: TypeAlias = tuple[str, str]  # project and key
Counts: TypeAlias = Mapping[Sender, Mapping[str, int]]


@dataclass(slots=True)
class Lost:
    """What was given up: items by sender and category, and what was under way at that moment."""

    counts: dict[Sender, dict[str, int]] = field(default_factory=dict)
    busy: list[int] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, place: Place) -> None:
        """Count a request."""
        self.size_bytes += place.end - place.start
        try:
            kept = decode_kept(place.meta)
        except msgspec.MsgspecError:
            return
        counts = self.counts.setdefault((kept.project, kept.key), {})
        for category, quantity in kept.categories.items():
            counts[category] = counts.get(category, 0) + quantity


class Losses:
    """Counts by sender, category and reason; `totals` are those since the start."""

    def __init__(self) -> None:
        self._waiting: Counter[tuple[Sender, str, str]] = Counter()
        self.totals: Counter[tuple[str, str]] = Counter()

    def count(self, sender: Sender, categories: Mapping[str, int], reason: str) -> None:
        """Items that are let go; they are told with the next reports."""
        self.note(categories, reason)
        for category, quantity in categories.items():
            key = (sender, category, reason)
            if key in self._waiting or len(self._waiting) < _MOST_WAITING:
                self._waiting[key] += quantity

    def note(self, categories: Mapping[str, int], reason: str) -> None:
        """Items that are gone, of which the upstream knows or is told by other means."""
        for category, quantity in categories.items():
            self.totals[category, reason] += quantity

    def take(self) -> list[tuple[bytes, bytes]]:
        """Reports of what has been counted since the last, as records."""
        waiting, self._waiting = self._waiting, Counter()
        by_reason: dict[str, dict[Sender, dict[str, int]]] = {}
        for (sender, category, reason), quantity in waiting.items():
            by_reason.setdefault(reason, {}).setdefault(sender, {})[category] = quantity
        return [
            record
            for reason, counts in by_reason.items()
            for record in reports(counts, reason, new_event_id())
        ]


def reports(counts: Counts, reason: str, name: str) -> Iterable[tuple[bytes, bytes]]:
    """A record for each sender; the same `name` gives the same deliveries again."""
    for (project, key), categories in counts.items():
        entries = [
            {"reason": reason, "category": category, "quantity": quantity}
            for category, quantity in categories.items()
            if category not in _NOT_TOLD
        ]
        if not project or not entries:
            continue  # the upstream takes reports for a project only
        payload = msgspec.json.encode({"timestamp": clock.timestamp(), "discarded_events": entries})
        kept = Kept(
            _delivery(name, project, key),
            clock.timestamp(),
            project,
            key,
            "POST",
            f"/api/{project}/envelope/".encode(),
            [
                (b"x-sentry-auth", f"Sentry sentry_key={key}, sentry_version=7".encode()),
                (b"content-type", b"application/x-sentry-envelope"),
            ],
            {"internal": 1},
        )
        yield encode_kept(kept), build_envelope({}, [({"type": "client_report"}, payload)])


def _delivery(name: str, project: str, key: str) -> str:
    return xxhash.xxh3_128_hexdigest(f"{name} {project} {key}".encode())
