"""Counts failed sign-ins, so that passwords cannot be guessed at speed.

Kept in memory: a restart forgives, and every web process counts for itself.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from vedette import clock

MOST_ATTEMPTS = 10
WINDOW_SECONDS = 300
_MOST_KEYS = 10_000

_lock = Lock()
_failures: OrderedDict[str, list[float]] = OrderedDict()


def is_blocked(*keys: str) -> bool:
    """Whether any of the keys (an address, an account) failed too often lately."""
    with _lock:
        return any(len(_recent(key)) >= MOST_ATTEMPTS for key in keys)


def note_failure(*keys: str) -> None:
    """Count a failed attempt for each key."""
    with _lock:
        for key in keys:
            _failures[key] = [*_recent(key), clock.timestamp()]
            _failures.move_to_end(key)
        while len(_failures) > _MOST_KEYS:
            _failures.popitem(last=False)


def forget(*keys: str) -> None:
    """Forget the failures of these keys, after a success."""
    with _lock:
        for key in keys:
            _failures.pop(key, None)


def forget_all() -> None:
    """Forget every failure."""
    with _lock:
        _failures.clear()


def _recent(key: str) -> list[float]:
    since = clock.timestamp() - WINDOW_SECONDS
    return [moment for moment in _failures.get(key, ()) if moment > since]
