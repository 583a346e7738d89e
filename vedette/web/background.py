"""Work that a page begins and nobody waits for: its time says nothing, and it holds no page up.

A few threads of the pages' process. What waits when the process ends is lost, so begin here only
what a table remembers and somebody else takes up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.db import connections

log = logging.getLogger("vedette.web")

_THREADS = 2
_MOST = 200  # at work or waiting: beyond it somebody floods, and new work is dropped

_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="background")
_places = BoundedSemaphore(_MOST)


def begin(work: Callable[[], None]) -> None:
    """Do it soon, in another thread. What it raises is in the log, and so is work beyond room."""
    if not _places.acquire(blocking=False):
        log.error("too much background work: %s was dropped", work)
        return
    _threads.submit(_run, work)


def _run(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("background work failed")
    finally:
        connections.close_all()
        _places.release()
