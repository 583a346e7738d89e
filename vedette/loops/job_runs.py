"""Old runs of jobs are removed."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 300.0


def run(house: House) -> None:
    """One turn."""
    from vedette.monitors.jobs.aging import forget

    forget()


LOOP = Loop(name="job runs", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
