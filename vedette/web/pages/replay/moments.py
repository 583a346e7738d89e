"""What happened in a replay as a list that can be read without its player."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.recordings.marks import Mark, is_failed
from vedette.replays.replay import Replay, ReplayError
from vedette.web.wording import milliseconds, size

# Kinds of which there is one every few seconds, and that say nothing by themselves.
_OF_CHARTS = ("memory", "mutations")
_WORDS = {
    "navigation": "page",
    "dead": "dead click",
    "rage": "rage click",
    "slow": "slow click",
    "vital": "web vital",
    "hydrate": "hydration error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line: milliseconds since the replay began, in words too; what it was; what was bad."""

    after_ms: int
    clock: str
    kind: str
    label: str
    detail: str
    is_bad: bool
    error: ReplayError | None = None


def moments_of(replay: Replay) -> list[Moment]:
    """Every moment in order, errors among them."""
    made = [
        _moment(mark, replay.started_ms)
        for segment in replay.segments
        for mark in segment.marks
        if mark.kind not in _OF_CHARTS
    ]
    made += [_error(one, replay.started_ms) for one in replay.errors]
    return sorted(made, key=lambda one: one.after_ms)


def clock_of(after_ms: int) -> str:
    """A moment as players write it: 1:05, 1:02:05."""
    seconds = max(0, after_ms) // 1000
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _moment(mark: Mark, started_ms: int) -> Moment:
    after = max(0, mark.ms - started_ms)
    return Moment(
        after_ms=after,
        clock=clock_of(after),
        kind=_WORDS.get(mark.kind, mark.kind),
        label=mark.label,
        detail=_detail(mark),
        is_bad=is_failed(mark) or mark.kind in ("rage", "dead", "hydrate"),
    )


def _error(error: ReplayError, started_ms: int) -> Moment:
    after = max(0, error.ms - started_ms)
    return Moment(
        after_ms=after,
        clock=clock_of(after),
        kind="error",
        label=error.title,
        detail="",
        is_bad=True,
        error=error,
    )


def _detail(mark: Mark) -> str:
    """The details of a mark in words; they are what a client sent, so of any type."""
    detail = mark.detail
    words = [
        str(detail[name]) for name in ("method", "status", "level", "rating") if name in detail
    ]
    if isinstance(detail.get("duration"), int | float) and detail["duration"] > 0:
        words.append(milliseconds(detail["duration"]))
    if isinstance(detail.get("received"), int | float):
        words.append(size(detail["received"]))
    if isinstance(detail.get("value"), int | float):
        words.append(f"{detail['value']:g}")
    return " · ".join(words)
