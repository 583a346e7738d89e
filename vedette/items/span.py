"""Spans in both of Sentry's shapes, kept until traces have their home (protocol, 3.3)."""

from __future__ import annotations

from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "span",
    "otel_span",
    category="span",
    most_bytes=12 << 20,
    is_bulky=True,
    is_container=True,
    sample=json_sample(
        "span",
        {"version": 2, "items": [{"trace_id": "a" * 32, "span_id": "b" * 16, "name": "GET /"}]},
        item_count=1,
        content_type="application/vnd.sentry.items.span.v2+json",
    ),
)
