"""The frames of an event that say where its cause lies: those of the application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vedette.sources.paths import FramePlace, place_of

MOST_PLACES = 20


def decisive_places(payload: Mapping[str, Any]) -> list[FramePlace]:
    """Where the application's frames are, the nearest to the crash first, each file once."""
    found: dict[str, FramePlace] = {}
    for frame in _frames(payload):
        place = place_of(frame) if frame.get("in_app") is True else None
        if place is not None:
            found.setdefault(place.name, place)
            if len(found) == MOST_PLACES:
                break
    return list(found.values())


def _frames(payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Those of what was thrown before those of its causes; of threads only without any."""
    stacks = [*_stacks(payload.get("exception"))]
    if not stacks:
        threads = _values(payload.get("threads"))
        chosen = [one for one in threads if one.get("crashed") is True] or threads
        stacks = [one.get("stacktrace") for one in chosen] + [payload.get("stacktrace")]
    for stack in stacks:
        frames = stack.get("frames") if isinstance(stack, dict) else None
        for frame in reversed(frames if isinstance(frames, list) else []):
            if isinstance(frame, dict):
                yield frame


def _stacks(held: object) -> Iterator[object]:
    for one in reversed(_values(held)):
        if isinstance(one.get("stacktrace"), dict):
            yield one["stacktrace"]


def _values(held: object) -> list[dict[str, Any]]:
    rows = held.get("values") if isinstance(held, dict) else held
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
