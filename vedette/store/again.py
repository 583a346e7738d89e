"""A question that found no memory is asked again, once, where nobody else takes any.

Called by `questions`. So it is refused as too large only if it is, whatever else was asked or
written at that time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from vedette.store.errors import BadQuery, StoreBusy
from vedette.store.gate import Turn

log = logging.getLogger("vedette.store")

_WRITING_SECONDS = 5.0
_TAKEN = "the memory of the store is taken just now: ask again in a moment"


class NeedsMemory(BadQuery):
    """A question met the limit of the memory that it may have."""


def answered(
    ask: Callable[[], list[list[Any]]], turn: Turn, writing: threading.RLock
) -> list[list[Any]]:
    """What `ask` gives. `writing` is held by what writes, which takes memory and gives it back.

    Raises NeedsMemory for what needs more than there is, StoreBusy where others had it.
    """
    try:
        return ask()
    except NeedsMemory:
        log.debug("a question had no memory: it is asked again alone")
    _is_written(writing, _WRITING_SECONDS)
    with turn.alone():
        try:
            return ask()
        except NeedsMemory as error:
            if turn.is_alone() and _is_written(writing, 0):
                raise
            raise StoreBusy(_TAKEN) from error


def _is_written(writing: threading.RLock, seconds: float) -> bool:
    """Whether what is being written is, within that time."""
    if not writing.acquire(timeout=seconds):
        return False
    writing.release()
    return True
