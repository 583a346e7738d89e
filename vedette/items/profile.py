"""Profiles of transactions and continuous ones, kept (protocol, 3.12 and 3.13)."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "profile",
    category="profile",
    worth=Worth.BULK,
    most_bytes=50 << 20,
    is_bulky=True,
    carries_event_id=True,
    sample=json_sample("profile", {"version": "1", "platform": "python"}),
)
