"""On whose behalf this thread or task asks the store: what the gate's shares go by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEALTH = "health"
_asker: ContextVar[str] = ContextVar("asker", default="")


def asker() -> str:
    """Who asks; empty for the system itself."""
    return _asker.get()


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
