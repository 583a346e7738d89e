"""The user agent of a request."""

from __future__ import annotations

import msgspec

_USER_AGENT_CHARACTERS = 1024


def user_agent(headers: msgspec.Raw) -> str:
    """The User-Agent of raw header JSON (an object or pairs), found without building it."""
    raw = bytes(headers)
    place = raw.find(b"ser-Agent")
    if place < 0:
        place = raw.find(b"ser-agent")
        if place < 0:
            return ""
    start = raw.find(b'"', raw.find(b'"', place) + 1)
    end = raw.find(b'"', start + 1)
    if start < 0 or end < 0:
        return ""
    return raw[start + 1 : end][:_USER_AGENT_CHARACTERS].decode("utf-8", "replace")
