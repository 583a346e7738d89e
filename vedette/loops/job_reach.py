"""Each node notes how far it has heard jobs, so that no other one misses what waits there."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 5.0


def run(house: House) -> None:
    """One turn; nothing where there are no jobs."""
    from vedette.leases import reaching
    from vedette.monitors.jobs.clockwork import reached_here
    from vedette.monitors.models import JobCourse

    if JobCourse.objects.exists():
        reaching.note(reached_here(house.spool_folder))


LOOP = Loop(name="job reach", interval_seconds=_INTERVAL_SECONDS, run=run)
