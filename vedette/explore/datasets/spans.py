"""Spans of every service."""

from __future__ import annotations

from vedette.explore.datasets import Dataset

DATASET = Dataset(
    name="spans",
    label="Spans",
    noun=("span", "spans"),
    table="spans",
    aliases=("spansIndexed", "spansMetrics", "span"),
    weight="weight",
    cluster="trace_id",
    duration="duration",
    failed="is_failed",
    columns=("span.op", "span.description", "span.duration", "transaction", "project", "timestamp"),
    identity=("trace", "span_id", "timestamp"),
    apart="span_id",
    renamed=(("id", "span_id"),),  # as in Sentry, whose clients link a span by it
    order=20,
)
