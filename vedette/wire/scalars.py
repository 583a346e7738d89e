"""Timestamps and levels in every form in which SDKs write them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from vedette.wire.remarks import Json


def parse_timestamp(value: Json) -> float | None:
    """Seconds since 1970 from a number or an ISO 8601 text (naive is UTC); None if neither."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value < 253402300800 and math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        try:
            return parse_timestamp(float(value))
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        seconds = moment.timestamp()
    except OverflowError:
        return None
    return seconds if seconds >= 0 else None


def parse_level(value: Json) -> str | None:
    """One of debug, info, warning, error, fatal; None for anything that names no level."""
    if isinstance(value, str):
        return _LEVELS.get(value.strip().lower())
    if isinstance(value, int) and not isinstance(value, bool):
        return _LEVEL_NUMBERS.get(value)
    return None


_LEVELS = {
    "debug": "debug",
    "trace": "debug",
    "info": "info",
    "log": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "fatal": "fatal",
    "critical": "fatal",
}
_LEVEL_NUMBERS = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "fatal"}
