"""The clock of jobs: how far everything that was received has been heard, and when nothing was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vedette import clock
from vedette.crons.course import Away
from vedette.leases.reaching import by_all
from vedette.monitors.models import JobClock
from vedette.spool import backlog

_AWAY_SECONDS = 45.0  # a restart is faster
_REMEMBERED_SECONDS = 30 * 86400.0


def reached(spool_folder: Path) -> float:
    """Everything that any node received before this has been digested; seconds since 1970."""
    return by_all(reached_here(spool_folder))


def reached_here(spool_folder: Path) -> float:
    """The same of this node alone."""
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


def run_of_slot(standing_id: int, slot: float) -> str:
    """The id of a run that did not come: the same whoever says so, and how often."""
    return _digest(f"{standing_id}:{slot:.3f}")


def name_of(standing_id: int, run: str, at: float) -> str:
    """What is said of a run of one job at one time, by a name that nothing else has."""
    return _digest(f"{standing_id}:{run}:{at:.3f}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
