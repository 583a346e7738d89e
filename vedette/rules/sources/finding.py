"""Findings of code audits that were not there before. They are told when an audit is uploaded."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="finding",
    help="code audits, when they find what was not there before",
    noun=("finding", "findings"),
    table="errors",
    measures=("found",),
    is_told=True,
    has_filter=False,
    untold_past="What audits would have found in the past cannot be told here.",
)
