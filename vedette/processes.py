"""How a part of the product becomes a process: as an interpreter of its own, or as a fork.

A forked child is what an interpreter of its own would be: it leads a session, has the default
signals, no file of its parent but output and errors, and at its input a pipe whose end tells
that the parent has gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from setproctitle import getproctitle, setproctitle, setthreadtitle

from vedette.standard_files import flush

# The title lies before the environment: it can be found until somebody changes a variable.
_STARTED_AS = getproctitle()
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """One process: a role and which of its instances."""

    role: str
    index: int = 0

    def __str__(self) -> str:
        return f"{self.role} {self.index}" if self.index else self.role

    @property
    def command(self) -> list[str]:
        """The command that plays it, which a list of processes shows in either case."""
        return [sys.executable, "-m", "vedette", "run", self.role, "--index", str(self.index),
                "--supervised"]  # fmt: skip


class Process(Protocol):
    """A child, as `subprocess.Popen` shows it; `returncode` is None while it runs."""

    returncode: int | None

    def poll(self) -> int | None:
        """The exit status if it has ended, negative for a signal."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""


def fresh(part: Part) -> Process:
    """Start a part in an interpreter of its own. Raises OSError."""
    return subprocess.Popen(part.command, stdin=subprocess.PIPE, start_new_session=True)


def fork(part: Part, play: Callable[[], None]) -> Process:
    """Start a part that runs `play` with everything that is loaded here. Raises OSError.

    To be called in the only thread.
    """
    reading, writing = os.pipe()
    flush()
    # A signal that comes before the child has its own handlers must not end in its parent's.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        pid = os.fork()
        if not pid:
            _be_child(part, reading, play)
    except OSError:
        os.close(writing)
        raise
    finally:
        os.close(reading)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Forked(pid, writing)


class Forked:
    """A forked child; owns the pipe at its input."""

    def __init__(self, pid: int, lifeline: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._lifeline = lifeline

    def poll(self) -> int | None:
        """The exit status if it has ended, negative for a signal."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # whoever started us has children's ends ignored
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
                os.close(self._lifeline)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(_POLL_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:  # else the number may be another process's by now
            os.kill(self.pid, number)


def _be_child(part: Part, lifeline: int, play: Callable[[], None]) -> NoReturn:
    """Leave everything of the parent behind, play, and end without what it would do at its end."""
    status = 1
    try:
        os.setsid()
        os.dup2(lifeline, 0)
        _close_others()
        _be_named(part)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        play()
        status = 0
    except SystemExit as stop:
        status = _status(stop)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            flush()
        finally:
            os._exit(status)


def _close_others() -> None:
    """The locks of the parent and the pipes of its other children must end with the parent."""
    try:
        names = os.listdir("/proc/self/fd")
    except OSError:  # a root in which nothing is mounted
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        return
    for name in names:
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:
                pass  # the handle by which the folder was listed


def _be_named(part: Part) -> None:
    setproctitle(" ".join(part.command))
    setthreadtitle("vedette")


def _status(stop: SystemExit) -> int:
    """The exit status that the interpreter would make of it."""
    if stop.code is None or isinstance(stop.code, int):
        return stop.code or 0
    print(stop.code, file=sys.stderr)
    return 1
