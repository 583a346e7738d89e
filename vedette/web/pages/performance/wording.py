"""Figures, changes and places in the words of the performance pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict
from django.urls import reverse

from vedette.telemetry.performance import QUICK_MS, Figures
from vedette.web.scope import SharedFilter
from vedette.web.wording import short_number

_NOTEWORTHY = 0.1
_LEAST_SAMPLES = 20  # of both periods, for a difference to be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much a figure is above or below that of the period before; `tone` is good, bad or ""."""

    words: str
    tone: str


def difference(now: Figures, before: Figures | None, name: str) -> Difference | None:
    """The change of a duration against the period before; None where it would say little."""
    if before is None or min(now.samples, before.samples) < _LEAST_SAMPLES:
        return None
    value, past = getattr(now, name), getattr(before, name)
    if not past:
        return None
    change = (value - past) / past
    if abs(change) < 0.005:
        return Difference(words="as before", tone="")
    tone = "" if abs(change) < _NOTEWORTHY else "bad" if change > 0 else "good"
    return Difference(words=f"{change * 100:+.0f} %".replace("-", "−"), tone=tone)


def per_minute(rate: float) -> str:
    """How many a minute, in two digits where there are few: 0.035; < 0.001 for hardly any."""
    if 0 < rate < 0.001:
        return "< 0.001"
    return short_number(rate) if rate >= 1 or not rate else f"{rate:.2g}"


def quick_of(given: QueryDict) -> int:
    """The milliseconds up to which a transaction is quick, as the address has them."""
    written = given.get("quick", "")
    if not written.isascii() or not written.isdigit() or len(written) > 6 or not int(written):
        return QUICK_MS
    return int(written)


def transaction_address(
    shared: SharedFilter, name: str, project: str, quick_ms: int = QUICK_MS
) -> str:
    """The page of a transaction, with environment and time range kept."""
    kept = [pair for pair in parse_qsl(shared.query) if pair[0] != "project"]
    kept += [("quick", str(quick_ms))] if quick_ms != QUICK_MS else []
    query = urlencode([("transaction", name), ("project", project), *kept])
    return f"{reverse('performance-transaction')}?{query}"
