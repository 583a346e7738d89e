"""Transactions: the spans that a service began with."""

from __future__ import annotations

from vedette.explore.datasets import Dataset
from vedette.store.query import Compare, Field

DATASET = Dataset(
    name="transactions",
    label="Transactions",
    noun=("transaction", "transactions"),
    table="spans",
    where=(Compare(Field("is_segment"), "=", True),),
    aliases=("transaction", "metrics", "metricsEnhanced"),
    weight="weight",
    cluster="trace_id",
    duration="duration",
    failed="is_failed",
    columns=("transaction", "transaction.op", "transaction.duration", "transaction.status",
             "project", "timestamp"),
    identity=("trace", "span_id", "timestamp"),
    apart="span_id",
    order=15,
)  # fmt: skip
