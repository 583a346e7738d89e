"""Checking passwords, which is slow on purpose: a few at once, so that pages keep their share.

Every answer of a check costs a tenth of a second of a processor and 16 MB. Two are worked on,
a few wait shortly, and the rest are told to come again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth import authenticate
from django.http import HttpRequest

from vedette.accounts.models import User

MOST_AT_ONCE = 2
_MOST_WAITING = 6
_WAIT_SECONDS = 2.0

_working = BoundedSemaphore(MOST_AT_ONCE)
_present = BoundedSemaphore(MOST_AT_ONCE + _MOST_WAITING)


class BusyError(Exception):
    """Too many passwords are being checked; the text says so to the person."""


def person_of(request: HttpRequest, email: str, password: str) -> User | None:
    """The active person whom address and password name. Raises BusyError."""
    with _turn():
        found = authenticate(request, username=email, password=password)
    return found if isinstance(found, User) else None


def has_password(user: User, password: str) -> bool:
    """Whether this is the person's password. Raises BusyError."""
    with _turn():
        return user.check_password(password)


@contextmanager
def _turn() -> Iterator[None]:
    if not _present.acquire(blocking=False):
        raise BusyError("Many people are signing in just now. Try again in a few seconds.")
    try:
        if not _working.acquire(timeout=_WAIT_SECONDS):
            raise BusyError("Many people are signing in just now. Try again in a few seconds.")
        try:
            yield
        finally:
            _working.release()
    finally:
        _present.release()
