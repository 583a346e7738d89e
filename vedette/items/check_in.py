"""Check-ins of cron jobs, kept until monitors have their home (protocol, 3.14)."""

from __future__ import annotations

from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "check_in",
    category="monitor",
    most_bytes=1 << 20,
    sample=json_sample("check_in", {"monitor_slug": "nightly", "status": "ok"}),
)
