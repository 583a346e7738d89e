"""Counts attempts to sign in, so that passwords cannot be guessed at speed.

An attempt counts before it is looked at, and is forgiven when it was right: of many at the same
moment no more than the limit are looked at. It counts for the address and the account together,
for the account as a whole, and for the address as a whole. A browser in which the account has
signed in before has a count of its own: strangers who guess cannot lock the owner out of it.
Kept in memory: a restart forgives.
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
_counted: OrderedDict[str, list[float]] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody at an address tries an account; `browser` names a known one, or is empty."""

    address: str
    account: str
    browser: str = ""

    @property
    def limits(self) -> dict[str, int]:
        """How much each of its counts may hold."""
        if self.browser:
            return {f"browser {self.browser} {self.account}": MOST_ATTEMPTS}
        return {
            f"pair {self.address} {self.account}": MOST_ATTEMPTS,
            f"account {self.account}": MOST_FOR_ACCOUNT,
            f"address {self.address}": MOST_FOR_ADDRESS,
        }


def count(attempt: Attempt) -> bool:
    """Whether it may be looked at; if so it counts as a failure until it is forgiven."""
    with _lock:
        if any(len(_recent(key)) >= most for key, most in attempt.limits.items()):
            return False
        for key in attempt.limits:
            _counted[key] = [*_recent(key), clock.timestamp()]
            _counted.move_to_end(key)
        while len(_counted) > _MOST_KEYS:
            _counted.popitem(last=False)
    return True


def forgive(attempt: Attempt) -> None:
    """It was not looked at after all: take it back."""
    with _lock:
        for key in attempt.limits:
            if recent := _recent(key)[:-1]:
                _counted[key] = recent
            else:
                _counted.pop(key, None)


def forget(attempt: Attempt) -> None:
    """It was right: forget this person's failures here; others' guesses still count."""
    forgive(attempt)
    with _lock:
        _counted.pop(next(iter(attempt.limits)), None)


def forget_all() -> None:
    """Forget everything."""
    with _lock:
        _counted.clear()


def _recent(key: str) -> list[float]:
    since = clock.timestamp() - WINDOW_SECONDS
    return [moment for moment in _counted.get(key, ()) if moment > since]
