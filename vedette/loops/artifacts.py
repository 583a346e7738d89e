"""Uploaded files that nothing needs any more go."""

from __future__ import annotations

from datetime import timedelta

from vedette.loops import House, Loop
from vedette.loops._trust import believe_clock


def run(house: House) -> None:
    """Delete old chunks, bundles unused for as long as telemetry is kept, and their bytes."""
    from vedette.artifacts.sweeping import sweep

    believe_clock(house.config)
    sweep(timedelta(days=house.config.retention_days))


LOOP = Loop(name="artifacts", interval_seconds=600.0, run=run, needs_lease=True)
