"""Browser, system and device by the user agent of a request."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from ua_parser import parse as parse_user_agent

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


@lru_cache(maxsize=4096)
def client_of(agent: str) -> tuple[tuple[str, str], tuple[str, str], str]:
    """Browser (name, version), system (name, version) and device of a user agent."""
    if not agent:
        return ("", ""), ("", ""), ""
    parsed = parse_user_agent(agent)
    browser = parsed.user_agent
    system = parsed.os
    return (
        (browser.family, _version(browser)) if browser else ("", ""),
        (system.family, _version(system)) if system else ("", ""),
        (parsed.device.model or parsed.device.family or "")[:64] if parsed.device else "",
    )


def _version(part: Any) -> str:
    return ".".join(number for number in (part.major, part.minor) if number)
