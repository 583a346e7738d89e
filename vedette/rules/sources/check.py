"""Checks of monitors: how long they take, how many fail, the numbers that they bring."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="check",
    help="checks of monitors: response times, captured values, certificates, how many fail",
    noun=("check", "checks"),
    table="checks",
    measures=("value", "percentile", "ratio", "count", "rate"),
)
