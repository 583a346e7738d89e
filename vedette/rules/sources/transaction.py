"""Transactions: what a service began with, such as a request, a job or the load of a page."""

from __future__ import annotations

from vedette.rules.sources import Source
from vedette.store.query import Compare, Field

SOURCE = Source(
    name="transaction",
    help="requests, jobs and page loads: how slow they are, how many fail",
    noun=("transaction", "transactions"),
    table="spans",
    where=Compare(Field("is_segment"), "=", True),
    measures=("percentile", "ratio", "count", "rate", "unique", "spike"),
)
