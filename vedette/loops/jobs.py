"""Jobs whose run did not come, or did not end, are found by the clock."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 5.0


def run(house: House) -> None:
    """What is overdue, as far as the pipeline has come."""
    from vedette.monitors.jobs.looking import look

    look(house.spool_folder)


LOOP = Loop(name="jobs", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
