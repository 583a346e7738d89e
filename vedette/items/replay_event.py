"""What a segment of a session replay says of itself, kept (protocol, 3.11)."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "replay_event",
    category="replay",
    worth=Worth.BULK,
    is_bulky=True,
    carries_event_id=True,
    sample=json_sample("replay_event", {"replay_id": "a" * 32, "segment_id": 0}),
)
