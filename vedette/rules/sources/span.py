"""Spans: every single piece of work, such as a query, a call of another service, an own step."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="span",
    help="single pieces of work, such as queries and calls of other services",
    noun=("span", "spans"),
    table="spans",
    measures=("percentile", "ratio", "count", "rate", "unique", "spike"),
)
