"""Chunks of continuous profiles, kept (protocol, 3.13)."""

from __future__ import annotations

from vedette.items import Worth
from vedette.items._kept import json_sample, kept_kind

KIND = kept_kind(
    "profile_chunk",
    "profile_chunk_ui",
    category="profile_chunk",
    worth=Worth.BULK,
    aliases=("profile_chunk_ui", "profile"),
    most_bytes=50 << 20,
    is_bulky=True,
    sample=json_sample("profile_chunk", {"version": "2", "platform": "python"}, platform="python"),
)
