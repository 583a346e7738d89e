"""What an answer of the upstream means for the request it answers.

Source: protocol, section 1.7. A 429 that names all categories of a request took nothing of it,
and so it may come again; one that names some took the others, and these are dropped by its word.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from vedette.relay.limits import Limits
from vedette.relay.line import Answer
from vedette.relay.record import Kept

_LATER = frozenset({407, 408, 425})  # 407 is a proxy's on the way, of the way alone
_DEFAULT_WAIT_SECONDS = 60.0  # of a 429 that names no time (protocol, 1.7)
_MOST_WAIT_SECONDS = 600.0
_MOST_DIGITS = 8


class Verdict(Enum):
    """What becomes of a request."""

    TAKEN = "taken"
    AGAIN = "again"  # the upstream could not: tried until it can
    STEP_BACK = "step back"  # as AGAIN, but behind the others of its project
    WAIT = "wait"  # a limit that ends soon
    LIMITED = "limited"  # a limit that does not: let go, and told
    DROPPED = "dropped"  # the upstream took a part and dropped the rest, and knows
    REFUSED = "refused"  # never: set aside


class Ruling(NamedTuple):
    """A verdict with how long to wait, why, and what of the request is lost by it."""

    verdict: Verdict
    wait_seconds: float = 0.0
    text: str = ""
    categories: dict[str, int] = {}  # noqa: RUF012 - a value, never changed


def judge(answer: Answer, kept: Kept, limits: Limits, longest_wait_seconds: float) -> Ruling:
    """The verdict; `limits` has learnt of the answer."""
    status = answer.status
    if status < 300:
        return Ruling(Verdict.TAKEN)
    text = f"{kept.method} for project {kept.group}: {status} {answer.text}".strip()
    if status == 429:
        return _limited(answer, kept, limits, longest_wait_seconds, text=text)
    if status >= 500 or status in _LATER:
        wait = min(_seconds(answer.headers.get(b"retry-after", b"")), _MOST_WAIT_SECONDS)
        return Ruling(Verdict.AGAIN, wait_seconds=wait, text=text)
    if status < 400:
        where = answer.headers.get(b"location", b"")[:200].decode("latin-1")
        return Ruling(Verdict.AGAIN, text=f"{status}: the upstream is elsewhere, at {where}")
    return Ruling(Verdict.REFUSED, text=text)


def wait_for_limits(limits: Limits, kept: Kept) -> float | None:
    """Seconds until some of a request may be sent; None if it may be now."""
    found = limits.of(kept.group, kept.key, kept.categories)
    if not kept.categories or len(found) < len(kept.categories):
        return None
    return float(min(limit.retry_after_seconds for limit in found.values()))


def _limited(answer: Answer, kept: Kept, limits: Limits, longest: float, *, text: str) -> Ruling:
    told = answer.headers.get(b"x-sentry-rate-limits")
    later = _seconds(answer.headers.get(b"retry-after", b"")) or _DEFAULT_WAIT_SECONDS
    if told is None:
        limits.learn(kept.group, kept.key, b"%d::project" % later)
    found = limits.of(kept.group, kept.key, kept.categories)
    if not found:  # it names nothing that is in the request, and so has taken nothing of it
        return Ruling(Verdict.AGAIN, wait_seconds=min(later, longest), text=text)
    if len(found) < len(kept.categories):
        lost = {name: kept.categories[name] for name in found}
        return Ruling(Verdict.DROPPED, categories=lost)
    wait = wait_for_limits(limits, kept) or _DEFAULT_WAIT_SECONDS
    if wait <= longest:
        return Ruling(Verdict.WAIT, wait_seconds=wait)
    return Ruling(Verdict.DROPPED, categories=kept.categories)


def _seconds(value: bytes) -> float:
    text = value.strip()
    return float(text) if text.isdigit() and len(text) <= _MOST_DIGITS else 0.0
