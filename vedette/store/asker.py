"""On whose behalf this thread or task asks the store: what the gate's shares go by.

A name is `ORGANISATION/PERSON`, or only the first; the empty one is the system itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEALTH = "health"
_asker: ContextVar[str] = ContextVar("asker", default="")


def asker() -> str:
    """Who asks; empty for the system itself."""
    return _asker.get()


def group_of(name: str) -> str:
    """The organisation that shares with others."""
    return name.partition("/")[0]


def ask_for(name: str) -> None:
    """From now on this thread or task asks for this one."""
    _asker.set(name)


@contextmanager
def asking_for(name: str) -> Iterator[None]:
    """Ask for this one inside the block."""
    before = _asker.set(name)
    try:
        yield
    finally:
        _asker.reset(before)
