"""Looking at what has settled, segments and recordings: some seconds after a segment's span came.

By the positions of the spool, so that none is left out when the pipeline is behind, and none is
looked at twice. What is found goes through the spool as events whose ids are made of what they
are: should a kill come before the place is noted, the second finding is known as a duplicate.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from vedette import clock
from vedette.detecting.bounds import Bounds
from vedette.detecting.models import LookedAt
from vedette.detecting.reading import Whole, arrived, whole
from vedette.detecting.recordings import found_in
from vedette.detecting.settings import all_settings
from vedette.issues.positions import Positions
from vedette.problems.detection import Settings, detect
from vedette.problems.occurrence import event_of
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.store.engine import Store
from vedette.wire.envelope import build_envelope

WRITER = "problems"
SETTLE_SECONDS = 12.0
MOST_SEGMENTS = 500  # of one writer in one turn
_FIRST_BACK = 3600  # seconds: how far a writer is looked back at that was not known before
_NO_SETTINGS: Settings = {}


class Part(NamedTuple):
    """What a writer wrote between two positions, of receipts since then, in microseconds."""

    writer: str
    start: int
    end: int
    now: int
    since: int


class Looker:
    """Remembers where the pipeline stood, so as to look at what stood there a while ago."""

    def __init__(
        self,
        store: Store,
        spool_folder: Path,
        *,
        settle_seconds: float = SETTLE_SECONDS,
        most_segments: int = MOST_SEGMENTS,
        bounds: Bounds | None = None,
    ) -> None:
        self._store = store
        self._folder = spool_folder
        self._positions = Positions(spool_folder)
        self._settle = settle_seconds
        self._most = most_segments
        self._bounds = bounds or Bounds()
        self._marks: deque[tuple[float, dict[str, int]]] = deque()
        self.segments = self.problems = 0

    def look(self) -> int:
        """One turn; how many problems were found. Raises StoreError and SpoolError."""
        applied = self._positions.all()
        applied.pop(WRITER, None)
        self._marks.append((time.monotonic(), applied))
        settled = self._settled()
        done = dict(LookedAt.objects.values_list("writer", "position"))
        found = 0
        self._bounds.begin()
        for writer, end in settled.items():
            start = done.get(self._positions.name_of(writer))
            if end > (start or 0):
                found += self._look_at(writer, start, end)
        return found

    def _settled(self) -> dict[str, int]:
        """Where the pipeline stood at least so many seconds ago."""
        latest: dict[str, int] = {}
        until = time.monotonic() - self._settle
        while self._marks and self._marks[0][0] <= until:
            latest = self._marks.popleft()[1]
        return latest

    def _look_at(self, writer: str, start: int | None, end: int) -> int:
        now = clock.now().timestamp()
        since = 0 if start is not None else round((now - _FIRST_BACK) * 1_000_000)
        part = Part(writer, start or 0, end, round(now * 1_000_000), since)
        rows = arrived(self._store, *part[:3], now=part.now, since=since, most=self._most)
        records = list(self._records(whole(self._store, rows), now))
        records += self._of_recordings(part, now)
        with SpoolRun(self._folder / WRITER) as spool:
            spool.append(records)
        name = self._positions.name_of(writer)
        LookedAt.objects.update_or_create(writer=name, defaults={"position": end})
        self.segments += len(rows)
        self.problems += len(records)
        return len(records)

    def _records(self, segments: Iterable[Whole], now: float) -> Iterator[tuple[bytes, bytes]]:
        settings = all_settings()
        for segment, row in segments:
            for detected in detect(segment, settings.get(row["project_id"], _NO_SETTINGS)):
                event = event_of(row["trace_id"], segment, detected, row)
                if self._bounds.takes(row["project_id"], tuple(event["fingerprint"])):
                    yield _record(row["project_id"], event, now)

    def _of_recordings(self, part: Part, now: float) -> Iterator[tuple[bytes, bytes]]:
        found = found_in(self._store, *part[:3], now=part.now, since=part.since, most=self._most)
        for project_id, event in found:
            if self._bounds.takes(project_id, tuple(event["fingerprint"])):
                yield _record(project_id, event, now, "replay_finding")


def _record(
    project_id: int, event: dict[str, object], now: float, name: str = "problem"
) -> tuple[bytes, bytes]:
    """Meta and body; the origin makes a second finding leave no trace, not even a count."""
    event_id = str(event["event_id"])
    body = build_envelope({"event_id": event_id}, [({"type": name}, msgspec.json.encode(event))])
    meta = Meta(
        project_id,
        now,
        event_id=event_id,
        inflated_bytes=len(body),
        origin=Origin(event_id, name, 0),
    )
    return encode_meta(meta), body
