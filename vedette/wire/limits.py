"""The X-Sentry-Rate-Limits header.

Retry-after values are whole seconds: a float is ignored by sentry-python.
Source: protocol, section 1.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MOST_CHARACTERS = 8192
_MOST_DIGITS = 8
_METRICS = "metric_bucket"  # of it alone namespaces are told; SDKs send what is `custom`


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limit in force: for how long, for which categories (none: all), on whose account.

    `categories` are all the names that SDKs know them by.
    """

    retry_after_seconds: int
    categories: tuple[str, ...]
    scope: str
    reason: str


def rate_limits_header(limits: Iterable[RateLimit]) -> bytes:
    """The value of X-Sentry-Rate-Limits."""
    return b", ".join(_format(limit) for limit in limits)


def read_rate_limits(value: bytes) -> list[RateLimit]:
    """The limits that a value of X-Sentry-Rate-Limits holds; what makes no sense is left out."""
    found = []
    for text in value.decode("latin-1")[:_MOST_CHARACTERS].split(","):
        seconds, _, rest = text.strip().partition(":")
        if not seconds.isdecimal() or len(seconds) > _MOST_DIGITS:
            continue
        categories, scope, reason = (*rest.split(":"), "", "", "")[:3]
        names = tuple(name for name in categories.strip().split(";") if name)
        found.append(RateLimit(int(seconds), names, scope.strip(), reason.strip()))
    return found


def _format(limit: RateLimit) -> bytes:
    seconds = max(1, int(limit.retry_after_seconds))
    namespaces = ":custom" if _METRICS in limit.categories else ""
    names = ";".join(limit.categories)
    return f"{seconds}:{names}:{limit.scope}:{limit.reason}{namespaces}".encode()
