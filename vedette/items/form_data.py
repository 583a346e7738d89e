"""Form fields that came with a crash report, kept."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "form_data",
    category="attachment",
    worth=Worth.BULK,
    most_bytes=1 << 20,
    carries_event_id=True,
    sample=json_sample("form_data", [["version", "1"]]),
)
