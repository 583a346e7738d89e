"""Jobs whose run did not come, or did not end, are found by the clock."""

from __future__ import annotations

from vedette.loops import HeldBack, House, Loop
from vedette.monitors.jobs.door import Door

_INTERVAL_SECONDS = 5.0
_door = Door()


def run(house: House) -> None:
    """What is overdue, as far as the pipeline has come.

    While the door answers nobody nothing is: the turns that are left out are a time in which
    nothing was heard. Raises HeldBack.
    """
    from vedette.monitors.jobs.looking import look

    if _door.is_deaf(house.config):
        raise HeldBack("the door does not answer: no job can be heard")
    look(house.spool_folder)


LOOP = Loop(name="jobs", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
