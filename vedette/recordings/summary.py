"""What happened in one segment of a recording: from when to when, how often what, and its marks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import msgspec

from vedette.recordings.events import (
    CUSTOM,
    FULL_SNAPSHOT,
    INCREMENTAL,
    META,
    MUTATION,
    Moment,
    change_in,
    custom_in,
    meta_in,
    read_events,
    whole_in,
)
from vedette.recordings.marks import Mark, is_failed, mark_of, without_repetitions
from vedette.recordings.tracks import Step, Tracker

MOST_EVENTS: Final = 200_000  # of one segment; a real one has some thousands
_MOST_MARKS = 5000
_DAY_MS = 86_400_000.0


class TooManyEvents(ValueError):
    """A segment has more events than any client records in its five seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One segment. `first_ms` and `last_ms` are of what was recorded, in the client's time; None
    where nothing says when it was."""

    first_ms: int | None
    last_ms: int | None
    events: int
    has_snapshot: bool
    clicks: int
    dead_clicks: int
    rage_clicks: int
    slow_clicks: int
    console_errors: int
    failed_requests: int
    navigations: int
    hydrate_errors: int
    mutations: int
    marks: list[Mark]
    track: list[Step]


def summarize(text: bytes | msgspec.Raw) -> Summary:
    """The summary of a list of events, in whatever order they are.

    Raises TooManyEvents, and what `read_events` does for a text that is no list.
    """
    events = read_events(text)
    if len(events) > MOST_EVENTS:
        raise TooManyEvents
    first, last = _span(events)
    marks = without_repetitions(_marks(events, first, last))
    counts = Counter(mark.kind for mark in marks)
    failed = Counter(mark.kind for mark in marks if is_failed(mark))
    mutations, track = _changes(events, marks, first, last)
    return Summary(
        first_ms=first,
        last_ms=last,
        events=len(events),
        has_snapshot=any(one.type == FULL_SNAPSHOT for one in events),
        clicks=counts["click"],
        dead_clicks=counts["dead"] + counts["rage"],
        rage_clicks=counts["rage"],
        slow_clicks=counts["slow"],
        console_errors=failed["console"],
        failed_requests=failed["request"],
        navigations=counts["navigation"],
        hydrate_errors=counts["hydrate"],
        mutations=mutations,
        marks=marks,
        track=track,
    )


def _span(events: list[Moment]) -> tuple[int | None, int | None]:
    """The first and the last moment; one that lies a day off the others is a mistake."""
    times = [one.ms for one in events if one.ms is not None and one.type != CUSTOM]
    times = times or [one.ms for one in events if one.ms is not None]
    if not times:
        return None, None
    middle = sorted(times)[len(times) // 2]
    near = [ms for ms in times if abs(ms - middle) <= _DAY_MS]
    return int(min(near)), int(max(near))


def _changes(
    events: list[Moment], marks: list[Mark], first: int | None, last: int | None
) -> tuple[int, list[Step]]:
    """How much changed, and where was clicked. Each event is looked into once."""
    mutations, tracker = 0, Tracker()
    for one in events:
        change = change_in(one.data) if one.type == INCREMENTAL else None
        if change is not None and change.source == MUTATION:
            mutations += change.size
        elif one.ms is None or not _is_near(one.ms, first, last):
            continue
        elif change is not None:
            tracker.change(one.ms, change)
        elif one.type == META:
            tracker.meta(one.ms, meta_in(one.data))
        elif one.type == FULL_SNAPSHOT:
            tracker.whole(one.ms, whole_in(one.data))
    return mutations, tracker.track(marks)


def _marks(events: list[Moment], first: int | None, last: int | None) -> list[Mark]:
    """The marks of what SDKs added; some are told late, of the moments before the recording."""
    found: list[Mark] = []
    for one in events:
        custom = custom_in(one.data) if one.type == CUSTOM else None
        mark = mark_of(custom, one.ms) if custom is not None else None
        if mark is None or not _is_near(mark.ms, first, last):
            continue
        found.append(mark)
        if len(found) == _MOST_MARKS:
            break
    return found


def _is_near(ms: float, first: int | None, last: int | None) -> bool:
    return first is None or last is None or first - _DAY_MS <= ms <= last + _DAY_MS
