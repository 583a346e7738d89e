"""Counts failed sign-ins, so that passwords cannot be guessed at speed.

Failures count for the address and the account together, for the account as a whole, and for the
address as a whole. A browser in which the account has signed in before has a count of its own:
strangers who guess cannot lock the owner out of it. Kept in memory: a restart forgives.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from vedette import clock

MOST_ATTEMPTS = 10
MOST_FOR_ACCOUNT = 50
MOST_FOR_ADDRESS = 100
WINDOW_SECONDS = 300
_MOST_KEYS = 10_000

_lock = Lock()
_failures: OrderedDict[str, list[float]] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody at an address tries an account; `browser` names a known one, or is empty."""

    address: str
    account: str
    browser: str = ""

    @property
    def limits(self) -> dict[str, int]:
        """How many failures each of its counts may hold."""
        if self.browser:
            return {f"browser {self.browser} {self.account}": MOST_ATTEMPTS}
        return {
            f"pair {self.address} {self.account}": MOST_ATTEMPTS,
            f"account {self.account}": MOST_FOR_ACCOUNT,
            f"address {self.address}": MOST_FOR_ADDRESS,
        }


def is_blocked(attempt: Attempt) -> bool:
    """Whether there were too many failures of its kind lately."""
    with _lock:
        return any(len(_recent(key)) >= most for key, most in attempt.limits.items())


def note_failure(attempt: Attempt) -> None:
    """Count a failure."""
    with _lock:
        for key in attempt.limits:
            _failures[key] = [*_recent(key), clock.timestamp()]
            _failures.move_to_end(key)
        while len(_failures) > _MOST_KEYS:
            _failures.popitem(last=False)


def forget(attempt: Attempt) -> None:
    """Forget the failures of this person here, after a success; others' guesses still count."""
    with _lock:
        _failures.pop(next(iter(attempt.limits)), None)


def forget_all() -> None:
    """Forget every failure."""
    with _lock:
        _failures.clear()


def _recent(key: str) -> list[float]:
    since = clock.timestamp() - WINDOW_SECONDS
    return [moment for moment in _failures.get(key, ()) if moment > since]
