"""The one source of time, so that tests can turn it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_offset_seconds = 0.0


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.fromtimestamp(timestamp(), UTC)


def timestamp() -> float:
    """The present in seconds since 1970."""
    return time.time() + _offset_seconds


def turn(seconds: float) -> None:
    """Shift the clock of this process by `seconds` from real time; 0 sets it right."""
    global _offset_seconds
    _offset_seconds = seconds
