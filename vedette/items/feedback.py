"""User feedback in the current shape, kept until it has its home (protocol, 3.8)."""

from __future__ import annotations

from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "feedback",
    category="feedback",
    aliases=("default",),
    is_event=True,
    carries_event_id=True,
    sample=json_sample("feedback", {"contexts": {"feedback": {"message": "It broke."}}}),
)
