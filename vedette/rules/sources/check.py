"""Checks of monitors: how long they take, how many fail."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="check",
    help="single checks of monitors: their response times, how many fail",
    noun=("check", "checks"),
    table="checks",
    measures=("count", "rate", "ratio", "percentile"),
)
