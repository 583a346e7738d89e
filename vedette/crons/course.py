"""What the check-ins of a job and the passing of time come to: runs that were well, failed, were
missed, or took too long.

`hear` takes a check-in, `settle` the passing of time, `due_at` says when time has to be looked at
next. A course remembers what the next of them needs and nothing else. Times are seconds since
1970, those of check-ins when they were received.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import msgspec

from vedette.crons.schedule import Schedule

MOST_RUNS: Final = 50  # that are under way at once
MOST_MISSED: Final = 100  # told one by one; the next look goes on with the rest
_CLOSED_KEPT: Final = 50
_EARLY_SHARE: Final = 0.5  # of the time between two slots: a run before it belongs to the earlier
_CLOCKS_DIFFER: Final = 60.0  # a first run is hardly earlier than its slot but by its clock


class RunStatus(StrEnum):
    """How a run is or was. `unknown`: it may have been well, it could not be heard."""

    IN_PROGRESS = "in_progress"
    OK = "ok"
    ERROR = "error"
    MISSED = "missed"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed with a job: seconds it may be late, and may take."""

    schedule: Schedule
    margin: float = 60.0
    max_runtime: float = 1800.0


class OpenRun(msgspec.Struct, omit_defaults=True):
    """A run that has started and not ended."""

    id: str
    started: float


class Course(msgspec.Struct, omit_defaults=True):
    """Where a job stands. `expected` is the slot that waits for a run, `before` the one before.

    `missed` runs in a row did not come; `schedule` is the one by which the slot was found.
    Nothing is expected of a job that has never checked in.
    """

    expected: float | None = None
    before: float = 0.0
    runs: list[OpenRun] = []
    closed: list[str] = []
    last_at: float = 0.0
    missed: int = 0
    schedule: Schedule | None = None


class CheckInHeard(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in, as far as the course goes. An empty id means the latest run under way."""

    id: str
    status: RunStatus
    at: float


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one run came to, at what time.

    `slot` is the expected time of one that was missed, `missed` how many were in a row.
    """

    status: RunStatus
    at: float
    run: str = ""
    slot: float | None = None
    started: float | None = None
    missed: int = 0


class Away(msgspec.Struct, frozen=True):
    """A time in which check-ins could not come, or may have been lost; empty for none."""

    start: float = 0.0
    end: float = 0.0

    def overlaps(self, start: float, end: float) -> bool:
        """Whether the two times have a moment in common."""
        return self.start < self.end and start <= self.end and end >= self.start


_HERE: Final = Away()


def hear(terms: Terms, course: Course, heard: CheckInHeard) -> list[Verdict]:
    """Take a check-in. `settle` comes first, with the same time.

    One that repeats another, or comes after its run's end, changes nothing.
    """
    run_id = heard.id or (course.runs[-1].id if course.runs else "")
    if run_id and run_id in course.closed:
        return []
    held = next((run for run in course.runs if run.id == run_id), None)
    if held is None and not _is_end(heard.status) and heard.status is not RunStatus.IN_PROGRESS:
        return []
    course.last_at, course.missed = max(course.last_at, heard.at), 0
    if held is None:
        _fill(terms, course, heard.at)
    if heard.status is RunStatus.IN_PROGRESS:
        if held is None:
            course.runs.append(OpenRun(run_id, heard.at))
            del course.runs[:-MOST_RUNS]
        return []
    if not _is_end(heard.status):
        return []
    if held is not None:
        course.runs.remove(held)
    _close(course, run_id)
    started = held.started if held is not None else None
    return [Verdict(status=heard.status, at=heard.at, run=run_id, started=started)]


def settle(terms: Terms, course: Course, until: float, away: Away = _HERE) -> list[Verdict]:
    """What has been missed or has taken too long by a time, in the order in which it did.

    What falls into a time in which nothing could be heard is unknown.
    """
    found: list[Verdict] = []
    for run in list(course.runs):
        end = run.started + terms.max_runtime
        if end >= until:
            continue
        course.runs.remove(run)
        _close(course, run.id)
        is_lost = away.overlaps(run.started, end)
        status = RunStatus.UNKNOWN if is_lost else RunStatus.TIMEOUT
        found.append(Verdict(status=status, at=end, run=run.id, started=run.started))
    looked = 0
    while course.expected is not None and looked < MOST_MISSED:
        slot, end = course.expected, course.expected + terms.margin
        if end >= until:
            break
        is_lost = away.overlaps(slot - terms.margin, end)
        status = RunStatus.UNKNOWN if is_lost else RunStatus.MISSED
        course.missed += status is RunStatus.MISSED
        found.append(Verdict(status=status, at=end, slot=slot, missed=course.missed))
        course.before, course.expected = slot, terms.schedule.next_after(slot)
        looked += 1
    found.sort(key=lambda verdict: verdict.at)
    return found


def due_at(terms: Terms, course: Course) -> float | None:
    """When something is missed or too long, if nothing is heard; None: never."""
    ends = [run.started + terms.max_runtime for run in course.runs]
    if course.expected is not None:
        ends.append(course.expected + terms.margin)
    return min(ends, default=None)


def agree(terms: Terms, course: Course, now: float) -> None:
    """Go by these terms: what was expected by another schedule is expected no more."""
    if course.schedule != terms.schedule and course.expected is not None:
        course.before, course.expected = now, terms.schedule.next_after(now)
    course.schedule = terms.schedule


def begin_anew(terms: Terms, course: Course, now: float) -> None:
    """Nobody watched for a while: what was under way or expected by now says nothing."""
    course.runs, course.missed = [], 0
    if course.expected is not None:
        course.before, course.expected = now, terms.schedule.next_after(now)


def read_course(kept: Any) -> Course:
    """Of what `write_course` wrote."""
    return msgspec.convert(kept, Course)


def write_course(course: Course) -> dict[str, Any]:
    """For a row; what is at its default is left out."""
    made: dict[str, Any] = msgspec.to_builtins(course)
    return made


def _fill(terms: Terms, course: Course, at: float) -> None:
    """A run that begins at this time fills the slot that waits, if it is not too early for it."""
    schedule = terms.schedule
    if not schedule.crontab:  # an interval begins with each run
        course.before, course.expected = at, schedule.next_after(at)
        return
    if course.expected is None:
        course.expected = schedule.next_after(at)
        gap = schedule.next_after(course.expected) - course.expected
        early = min(terms.margin, gap * _EARLY_SHARE, _CLOCKS_DIFFER)
    else:
        if course.expected + terms.margin < at:  # not settled: what came before is not all heard
            course.before, course.expected = course.expected, schedule.next_after(at - terms.margin)
        early = min(terms.margin, (course.expected - course.before) * _EARLY_SHARE)
    if at >= course.expected - early:
        course.before, course.expected = course.expected, schedule.next_after(course.expected)


def _close(course: Course, run_id: str) -> None:
    if run_id:
        course.closed.append(run_id)
        del course.closed[:-_CLOSED_KEPT]


def _is_end(status: RunStatus) -> bool:
    return status in (RunStatus.OK, RunStatus.ERROR)
