"""Monitors and jobs: whether they are up. What makes them down is set at each of them."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="monitor",
    help="monitors and jobs, when they go down, are degraded or missed",
    noun=("monitor", "monitors"),
    table="checks",
    measures=("state",),
    edges=("down", "degraded", "missed"),
    is_told=True,
)
