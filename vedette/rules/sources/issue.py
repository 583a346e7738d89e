"""Issues: their first event, their return."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="issue",
    help="issues, when they begin, come back or grow",
    noun=("issue", "issues"),
    table="errors",
    measures=("edge",),
    edges=("first_seen", "regressed", "escalating"),
)
