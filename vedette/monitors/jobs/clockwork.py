"""The clock of jobs: how far everything that was received has been heard, and when nothing was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vedette import clock
from vedette.crons.course import Away
from vedette.monitors.models import CheckInVolume, JobClock
from vedette.spool import backlog

_AWAY_SECONDS = 45.0  # a restart is faster
_REMEMBERED_SECONDS = 30 * 86400.0
_MINUTE = 60
_DAY_MINUTES = 1440
_DAYS = 7
_LEAST_POINTS = 2
_LEAST_MEAN = 20.0  # of fewer check-ins a minute nothing can be told
_USUAL_SHARE = 0.75


def reached(spool_folder: Path) -> float:
    """Everything that was received before this has been digested; seconds since 1970."""
    return clock.timestamp() - backlog.age_seconds(spool_folder)


def away() -> Away:
    """The last time in which nothing could be heard, because the product was not there."""
    held = JobClock.objects.filter(pk=1).first()
    if held is None or held.away_until < clock.timestamp() - _REMEMBERED_SECONDS:
        return Away()
    return Away(held.away_from, held.away_until)


def tick() -> Away:
    """Note that the clock is looked at; a gap since the last time is a time of nothing heard."""
    now = clock.timestamp()
    held, is_new = JobClock.objects.get_or_create(pk=1, defaults={"looked_at": now})
    if not is_new and now - held.looked_at > _AWAY_SECONDS:
        start = (
            held.looked_at
            if held.away_until < held.looked_at - _AWAY_SECONDS
            else min(held.away_from, held.looked_at)
        )  # two gaps in a row are one: what came between them may have been cut, too
        held.away_from, held.away_until = start, now
    held.looked_at = now
    held.save()
    return away()


def is_quiet(until: float) -> bool:
    """Whether far fewer check-ins came in the last whole minute than on other days.

    Then something between the jobs and here has failed, and not all of the jobs at once.
    """
    minute = int(until) // _MINUTE - 1
    earlier = [minute - day * _DAY_MINUTES for day in range(1, _DAYS + 1)]
    rows = CheckInVolume.objects.filter(minute__in=[minute, *earlier])
    counts = dict(rows.values_list("minute", "count"))
    points = [counts[one] for one in earlier if counts.get(one)]
    if len(points) < _LEAST_POINTS:
        return False
    mean = sum(points) / len(points)
    return mean >= _LEAST_MEAN and counts.get(minute, 0) < _USUAL_SHARE * mean


def run_of_slot(standing_id: int, slot: float) -> str:
    """The id of a run that did not come: the same whoever says so, and how often."""
    return hashlib.blake2b(f"{standing_id}:{slot:.3f}".encode(), digest_size=16).hexdigest()
