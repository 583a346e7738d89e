"""The segments that a heat map looks at: some of each part of a period, and some of each replay.

Anybody can send segments, as large as they may be. So a flood of them takes no more than the
share of the time in which it came, and one replay no more than its own; what is left over goes
to the newest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from vedette.issues.shapes import Scope
from vedette.issues.telemetry import ask, moment
from vedette.items._replays import RECORDING, REPLAYS
from vedette.store import query as q

MOST_SEGMENTS: Final = 10_000  # that are looked at
MOST_CHARACTERS: Final = 8 << 20  # of their tracks; those of people take a third of that
_COLUMNS = ("project_id", "replay_id", "segment_id", "track", "received", "timestamp")
_AT_ONCE = 2500  # segments that are asked for
_PARTS = 12  # of a period
_REPLAY_PART = 8  # of all; an hour as SDKs record it is half of that
_READ = 2  # times what is looked at: to come past what is too much of one replay
_AROUND = timedelta(hours=2)  # a replay is no longer than this


@dataclass(slots=True)
class Gathered:
    """Rows of `_COLUMNS`; `is_cut` where there are more."""

    rows: list[list[Any]] = field(default_factory=list)
    is_cut: bool = False


@dataclass(slots=True)
class _Slot:
    """A part of the period; what lies from `end` on was read."""

    start: datetime
    end: datetime
    is_over: bool = False


def gather(scope: Scope) -> Gathered:
    """The segments of a period. Raises StoreError."""
    taking = _Taking(scope)
    slots = _slots(scope)
    for slot in slots:
        taking.read(slot, MOST_SEGMENTS // _PARTS or 1, MOST_CHARACTERS // _PARTS or 1)
    for slot in slots:
        if not slot.is_over and taking.segments_left > 0:
            taking.read(slot, taking.segments_left, taking.characters_left)
    taking.gathered.is_cut |= not all(slot.is_over for slot in slots)
    return taking.gathered


def _slots(scope: Scope) -> list[_Slot]:
    """The newest first; before the first one lies what earlier segments tell of a click."""
    start, end = scope.period.start - _AROUND, scope.period.end
    step = (end - start) / _PARTS
    return [_Slot(end - step * (at + 1), end - step * at) for at in range(_PARTS)]


class _Taking:
    """Takes segments, each once, and of a replay no more than its share."""

    def __init__(self, scope: Scope) -> None:
        self.gathered = Gathered()
        self.segments_left = MOST_SEGMENTS
        self.characters_left = MOST_CHARACTERS
        self._scope = scope
        self._keys: set[tuple[Any, ...]] = set()
        self._segments: Counter[tuple[int, str]] = Counter()
        self._characters: Counter[tuple[int, str]] = Counter()

    def read(self, slot: _Slot, segments: int, characters: int) -> None:
        """Go on in a slot until so much of it was taken, twice as much read, or it is over."""
        segments = min(segments, self.segments_left)
        characters = min(characters, self.characters_left)
        left, read = _READ * segments, 0
        while left > 0 and read < _READ * characters:
            most = min(_AT_ONCE, left)
            found = self._ask(slot, most + 1)
            for row in found[:most]:
                size = len(row[3] or "")
                read += size
                if not self._is_of_share(row, size):
                    continue
                if segments == 0 or size > characters:
                    slot.end = moment(row[5] + 1)
                    return
                if self._take(row, size):
                    segments, characters = segments - 1, characters - size
            left -= most
            if len(found) <= most:
                slot.is_over = True
                return
            before, slot.end = slot.end, moment(found[-1][5] + 1)
            if slot.end == before:  # more of one moment than are asked for: the rest is left out
                slot.end -= timedelta(microseconds=1)
                self.gathered.is_cut = True

    def _is_of_share(self, row: list[Any], size: int) -> bool:
        replay = row[0], row[1]
        is_own = (
            self._segments[replay] < max(MOST_SEGMENTS // _REPLAY_PART, 1)
            and self._characters[replay] + size <= MOST_CHARACTERS // _REPLAY_PART
        )
        self.gathered.is_cut |= not is_own
        return is_own

    def _take(self, row: list[Any], size: int) -> bool:
        key = tuple(row[:3]), row[4]
        if key in self._keys:
            return False
        self._keys.add(key)
        self.gathered.rows.append(row)
        self._segments[row[0], row[1]] += 1
        self._characters[row[0], row[1]] += size
        self.segments_left -= 1
        self.characters_left -= size
        return True

    def _ask(self, slot: _Slot, limit: int) -> list[list[Any]]:
        return ask(
            self._scope.visible,
            {name: q.Field(name) for name in _COLUMNS},
            [q.Compare(q.Field("part"), "=", RECORDING)],
            slot.start,
            slot.end,
            table=REPLAYS.name,
            order_by=[q.Order("timestamp", descending=True)],
            limit=limit,
        )
