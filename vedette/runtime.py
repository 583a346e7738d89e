"""Starts the roles as child processes, restarts one that dies, stops them in reverse.

The supervisor itself loads no Django and opens no database. It ends on SIGTERM or SIGINT
after its children have flushed and ended.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import groupby
from types import FrameType

from vedette.claim import Claimed, claim
from vedette.config import Config
from vedette.kinds import discover

log = logging.getLogger("vedette.runtime")

_STOP_SECONDS = 30.0
_CALM_SECONDS = 30.0
_MOST_WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """One process: a role and which of its instances."""

    role: str
    index: int = 0

    def __str__(self) -> str:
        return f"{self.role} {self.index}" if self.index else self.role


def parts(config: Config) -> list[Part]:
    """What `vedette serve` runs, in the order of the start, as found in the drawer."""
    found = [module for module in discover("vedette.roles") if module.ROLE.supervised]
    found.sort(key=lambda module: module.ROLE.order)
    return [
        Part(module.__name__.rpartition(".")[2], index)
        for module in found
        for index in range(module.ROLE.instances(config))
    ]


@dataclass(slots=True)
class Child:
    """One part's process and its history of deaths."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default_factory=time.monotonic)


class Supervisor:
    """Keeps one process per part alive."""

    def __init__(self, config: Config, wanted: list[Part] | None = None) -> None:
        self._config = config
        self._children = [Child(part) for part in (parts(config) if wanted is None else wanted)]
        self._stopping = False

    def run(self) -> int:
        """Start everything and stay until a signal; returns the exit status.

        It is 1 at once if another supervisor runs on the same folder.
        """
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        self._config.run_folder.mkdir(parents=True, exist_ok=True)
        try:
            held = claim(self._config.run_folder)
        except Claimed as error:
            log.critical("%s", error)
            return 1
        (self._config.run_folder / "supervisor.pid").write_text(str(os.getpid()))
        while not self._stopping:
            for child in self._children:
                self._look_after(child)
            time.sleep(_POLL_SECONDS)
        status = self._stop()
        os.close(held)
        return status

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            status = child.process.poll()
            if status is None:
                return
            calm = now - child.started > _CALM_SECONDS
            child.deaths = 1 if calm else child.deaths + 1
            wait = 0.0 if child.deaths == 1 else min(2.0 ** (child.deaths - 2), _MOST_WAIT_SECONDS)
            child.process, child.due = None, now + wait
            log.error(
                "%s ended with status %s; it is restarted in %.0f s", child.part, status, wait
            )
        if now >= child.due and not self._stopping:
            child.started = now
            child.process = subprocess.Popen(
                [sys.executable, "-m", "vedette", "run", child.part.role,
                 "--index", str(child.part.index), "--supervised"],
                stdin=subprocess.PIPE,  # its end tells the child that this process has gone
                start_new_session=True,
            )  # fmt: skip

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _stop(self) -> int:
        """End role after role in reverse; the instances of one role end together."""
        status = 0
        for _, group in groupby(reversed(self._children), key=lambda child: child.part.role):
            running = [(c.part, c.process) for c in group if c.process is not None]
            for _, process in running:
                process.terminate()
            for part, process in running:
                status |= _wait(part, process)
        (self._config.run_folder / "supervisor.pid").unlink(missing_ok=True)
        return status


def _wait(part: Part, process: subprocess.Popen[bytes]) -> int:
    try:
        process.wait(_STOP_SECONDS)
        return 0
    except subprocess.TimeoutExpired:
        log.error("%s did not stop in %.0f s and is killed", part, _STOP_SECONDS)
        process.kill()
        process.wait()
        return 1
