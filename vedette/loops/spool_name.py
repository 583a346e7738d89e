"""The node keeps the name of its spool, and ends its worker where another one has taken it."""

from __future__ import annotations

import os
import signal

from vedette.leases.spools import RENEWED_SECONDS, SpoolHeldElsewhere, hold
from vedette.loops import House, Loop


def run(house: House) -> None:
    """One turn. What is taken away is not worked on: the worker that is started next says why."""
    try:
        hold(house.spool_folder)
    except SpoolHeldElsewhere:
        house.owner.close()
        os.kill(os.getpid(), signal.SIGTERM)
        raise


LOOP = Loop(name="spool name", interval_seconds=RENEWED_SECONDS, run=run)
