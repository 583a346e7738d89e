"""Starts parts as forks of a process that has loaded what they share.

Modules are most of an idle process. Loaded once before the forks, their pages are one copy for
all as long as nobody writes to them.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import signal
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType

import vedette
from vedette.allocation import fill_gaps, give_back
from vedette.config import Config
from vedette.kinds import discover
from vedette.playing import play
from vedette.processes import Part, Process, fork, fresh

log = logging.getLogger("vedette.forking")

LOAD_SECONDS = 60.0
_MARK = "loading"  # is in the data folder while what is shared is loaded


class Forker:
    """Starts parts. Must be called in a process that has one thread, always in that thread."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loaded: tuple[int, ...] | None = None
        self._may_fork = sys.platform == "linux"

    def __call__(self, part: Part) -> Process:
        """Start a part. Raises OSError.

        It gets an interpreter of its own where forks are no good, where what is shared cannot
        be loaded (it will say so itself), and after another version was installed. Loading that
        ended the process, or hung in a library until it was ended, is not tried at the next start.
        """
        if self._loaded is None and self._may_fork:
            self._load()
        if not self._may_fork or self._loaded != _version():
            return fresh(part)
        return fork(part, partial(play, self._config, part.role, part.index, supervised=True))

    def _load(self) -> None:
        """Load what the roles share, and leave it out of collections, which would write to it."""
        version = _version()
        try:
            with _marked(self._config.data / _MARK), _at_most(LOAD_SECONDS):
                for role in discover("vedette.roles"):
                    role.ROLE.load(self._config)
        except Exception:
            log.exception("what all share cannot be loaded: every process loads by itself")
            self._may_fork = False
            return
        gc.collect()
        give_back()
        fill_gaps()
        gc.freeze()
        self._loaded = version


@contextmanager
def _marked(mark: Path) -> Iterator[None]:
    """A file says that it has begun, until it ends in whatever way but the end of the process.

    Raises InterruptedError if it did not end the last time; the next time it is tried again.
    """
    try:
        mark.unlink()
    except OSError:
        with suppress(OSError):  # without room for it there is none
            mark.touch()
    else:
        raise InterruptedError("the last start ended while it was loaded")
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises TimeoutError after so long; ends the process where that does not help soon."""

    def expire(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it has not ended in {seconds:g} s")

    before = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(2 * seconds, exit=True)  # needs no interpreter
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _version() -> tuple[int, ...]:
    """Differs after an installation of this or of what it works with, whatever its number."""
    found = os.stat(vedette.__file__)
    libraries = os.stat(sysconfig.get_path("purelib"))
    return found.st_ino, found.st_mtime_ns, libraries.st_mtime_ns
