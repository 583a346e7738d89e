"""Browser, system and device that a user agent names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=4096)
def client_of(agent: str) -> tuple[tuple[str, str], tuple[str, str], str]:
    """Browser (name, version), system (name, version) and device; "" for what is not known."""
    if not agent:
        return ("", ""), ("", ""), ""
    from ua_parser import parse  # its tables are large: only who reads agents loads them

    parsed = parse(agent)
    browser = parsed.user_agent
    system = parsed.os
    return (
        (browser.family, _version(browser)) if browser else ("", ""),
        (system.family, _version(system)) if system else ("", ""),
        (parsed.device.model or parsed.device.family or "")[:64] if parsed.device else "",
    )


def _version(part: Any) -> str:
    return ".".join(number for number in (part.major, part.minor) if number)
