"""What happened when in each replay of a list, coarse enough to be drawn in a row.

One question for all of them, over the numbers of segments: no mark is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

from vedette.issues.telemetry import ask, micros
from vedette.items._replays import REPLAYS
from vedette.replays.rows import ReplayRow
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

STEPS: Final = 40
MOST_HEIGHT: Final = 16
_MOST_SEGMENTS = 20_000
_AROUND = timedelta(hours=2)
_NUMBERS = (
    *("errors", "rage_clicks", "dead_clicks", "console_errors", "failed_requests"),
    *("clicks", "navigations"),
)
Tone = Literal["error", "rage", "failed", "done"]


class Step(NamedTuple):
    """A part of a replay in which something happened: which of `STEPS`, the gravest, how much."""

    number: int
    tone: Tone
    height: int  # of `MOST_HEIGHT`

    @property
    def top(self) -> int:
        """What is left above it."""
        return MOST_HEIGHT - self.height


def strips_of(visible: VisibleProjects, rows: Sequence[ReplayRow]) -> dict[str, list[Step]]:
    """By replay its parts in order, without those in which nothing happened. Raises StoreError."""
    if not rows:
        return {}
    names = ("replay_id", "timestamp", *_NUMBERS)
    found = ask(
        visible,
        {name: q.Field(name) for name in names},
        [
            q.OneOf(q.Field("replay_id"), [row.replay_id for row in rows]),
            q.Either([q.Compare(q.Field(name), ">", 0) for name in _NUMBERS]),
        ],
        min(row.started for row in rows) - _AROUND,
        max(row.finished for row in rows) + _AROUND,
        table=REPLAYS.name,
        newest=REPLAYS.updates,
        limit=_MOST_SEGMENTS,
    )
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for values in found:
        held[values[0]].append(dict(zip(names, values, strict=True)))
    return {row.replay_id: _steps(row, held.get(row.replay_id, ())) for row in rows}


def _steps(row: ReplayRow, segments: Iterable[dict[str, Any]]) -> list[Step]:
    start, whole = micros(row.started), max(row.seconds, 0.001) * 1_000_000
    parts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_NUMBERS, 0))
    for segment in segments:
        share = (segment["timestamp"] - start) / whole
        number = min(max(int(share * STEPS), 0), STEPS - 1)
        for name in _NUMBERS:
            parts[number][name] += segment[name] or 0
    return [_step(number, parts[number]) for number in sorted(parts)]


def _step(number: int, held: dict[str, int]) -> Step:
    tone: Tone = "done"
    if held["errors"]:
        tone = "error"
    elif held["rage_clicks"] or held["dead_clicks"]:
        tone = "rage"
    elif held["console_errors"] or held["failed_requests"]:
        tone = "failed"
    return Step(number, tone, min(4 + 2 * sum(held.values()), MOST_HEIGHT))
