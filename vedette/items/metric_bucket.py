"""Metrics of SDKs that aggregated them, kept as text or JSON."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import bytes_sample, kept_kind

KIND = kept_kind(
    "statsd",
    "metric_buckets",
    "metric_meta",
    category="metric_bucket",
    worth=Worth.DETAIL,
    most_bytes=1 << 20,
    is_bulky=True,
    sample=bytes_sample("statsd", b"lamps.sold@none:1|c|T1"),
)
