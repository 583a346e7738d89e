"""Crash containers of the Unreal Engine, kept with their event."""

from __future__ import annotations

from vedette.items import PayloadForm
from vedette.items._kept import bytes_sample, kept_kind

KIND = kept_kind(
    "unreal_report",
    category="attachment",
    most_bytes=100 << 20,
    carries_event_id=True,
    form=PayloadForm.BINARY,
    sample=bytes_sample("unreal_report", b"CR1\x00"),
)
