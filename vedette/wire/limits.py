"""Item kinds, their rate-limit categories, and the X-Sentry-Rate-Limits header.

Two SDK dialects name some categories differently, so a limit is sent under every alias.
Retry-after values are whole seconds: a float is ignored by sentry-python.
Source: protocol, sections 1.6 and 1.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Item type -> the category under which it is counted, limited and shown.
CATEGORIES: dict[str, str] = {
    "event": "error",
    "error": "error",
    "transaction": "transaction",
    "span": "span",
    "otel_span": "span",
    "otel_traces_data": "span",
    "attachment": "attachment",
    "session": "session",
    "sessions": "session",
    "user_report": "feedback",
    "feedback": "feedback",
    "client_report": "internal",
    "replay_event": "replay",
    "replay_recording": "replay",
    "replay_video": "replay",
    "profile": "profile",
    "profile_chunk": "profile_chunk",
    "profile_chunk_ui": "profile_chunk",
    "log": "log_item",
    "otel_log": "log_item",
    "trace_metric": "trace_metric",
    "check_in": "monitor",
    "raw_security": "security",
    "security": "security",
    "nel": "security",
    "form_data": "attachment",
    "unreal_report": "attachment",
    "statsd": "metric_bucket",
    "metric_buckets": "metric_bucket",
    "metric_meta": "metric_bucket",
}

# What an SDK may call a category: both dialects, every alias.
ALIASES: dict[str, tuple[str, ...]] = {
    "feedback": ("feedback", "default"),
    "trace_metric": ("trace_metric", "metric"),
    "profile_chunk": ("profile_chunk", "profile_chunk_ui", "profile"),
    "attachment": ("attachment", "attachment_item"),
    "log_item": ("log_item", "log_byte"),
}

# Refused first when the backlog grows; errors, check-ins and feedback go last.
BULKY = frozenset(
    {
        "span",
        "transaction",
        "replay",
        "profile",
        "profile_chunk",
        "log_item",
        "trace_metric",
        "metric_bucket",
    }
)

_CONTAINERS = frozenset({"log", "otel_log", "span", "trace_metric"})

_MIB = 1 << 20
# Every item type has a bound; the types that are not named here have that of an event.
MAX_ITEM_BYTES: dict[str, int] = {
    "attachment": 100 * _MIB,
    "form_data": 100 * _MIB,
    "unreal_report": 100 * _MIB,
    "profile": 50 * _MIB,
    "profile_chunk": 50 * _MIB,
    "profile_chunk_ui": 50 * _MIB,
    "replay_video": 20 * _MIB,
    "replay_recording": 10 * _MIB,
    "log": 12 * _MIB,
    "span": 12 * _MIB,
    "trace_metric": 12 * _MIB,
    "session": 10 * _MIB,
    "sessions": 10 * _MIB,
    "client_report": _MIB,
    "check_in": _MIB,
    "statsd": _MIB,
    "metric_buckets": _MIB,
    "metric_meta": _MIB,
    "user_report": _MIB,
}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limit in force: for how long, for which categories (none: all), on whose account."""

    retry_after_seconds: int
    categories: tuple[str, ...]
    scope: str
    reason: str


def category_of(item_type: str) -> str:
    """The category of an item type; `default` for one we do not know."""
    return CATEGORIES.get(item_type, "default")


def max_item_bytes(item_type: str, max_event_bytes: int) -> int:
    """The largest payload of an item type."""
    return MAX_ITEM_BYTES.get(item_type, max_event_bytes)


def quantity_of(item_type: str, item_count: int | None) -> int:
    """How many things an item counts as: what a container says it holds, one for all others."""
    is_counted = item_type in _CONTAINERS and item_count is not None
    return item_count if is_counted and item_count and 0 < item_count < 100_000 else 1


def rate_limits_header(limits: Iterable[RateLimit]) -> bytes:
    """The value of X-Sentry-Rate-Limits."""
    return b", ".join(_format(limit) for limit in limits)


def _format(limit: RateLimit) -> bytes:
    names = [alias for name in limit.categories for alias in ALIASES.get(name, (name,))]
    seconds = max(1, int(limit.retry_after_seconds))
    return f"{seconds}:{';'.join(names)}:{limit.scope}:{limit.reason}".encode()
