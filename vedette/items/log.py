"""Structured logs, kept until they have their home (protocol, 3.4)."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "log",
    "otel_log",
    category="log_item",
    worth=Worth.DETAIL,
    aliases=("log_byte",),
    most_bytes=12 << 20,
    is_bulky=True,
    is_container=True,
    sample=json_sample(
        "log",
        {"items": [{"timestamp": 1.0, "level": "info", "body": "lamp sold"}]},
        item_count=1,
        content_type="application/vnd.sentry.items.log+json",
    ),
)
