"""Metrics in the current shape, kept until they have their home (protocol, 3.5)."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "trace_metric",
    category="trace_metric",
    worth=Worth.DETAIL,
    aliases=("metric",),
    most_bytes=12 << 20,
    is_bulky=True,
    is_container=True,
    sample=json_sample(
        "trace_metric",
        {"items": [{"timestamp": 1.0, "name": "lamps.sold", "type": "counter", "value": 1}]},
        item_count=1,
        content_type="application/vnd.sentry.items.trace-metric+json",
    ),
)
