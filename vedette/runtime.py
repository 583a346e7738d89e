"""Starts the roles as child processes, restarts one that dies, stops them in reverse.

The supervisor itself loads no Django and opens no database. It ends on SIGTERM or SIGINT
after its children have flushed and ended.
"""

from __future__ import annotations

import errno
import importlib
import logging
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from types import FrameType

from vedette.backups import swapping
from vedette.claim import Claimed, claim
from vedette.config import Config
from vedette.kinds import discover
from vedette.processes import Part, Process, fresh

log = logging.getLogger("vedette.runtime")

_STOP_SECONDS = 50.0
_KILL_SECONDS = 2.0
_PORT_SECONDS = 15.0  # the door of a supervisor that was killed needs a while to end
_CALM_SECONDS = 30.0
_MOST_WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.2


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
    """One part's process and its history of deaths.

    `is_asked_to_end`: nobody wants it any more, so its end is no death.
    """

    part: Part
    is_wanted: Callable[[], bool] = lambda: True
    is_asked_to_end: bool = False
    process: Process | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default_factory=time.monotonic)


class Supervisor:
    """Keeps one process per part alive; `begin` starts one and raises OSError."""

    def __init__(
        self,
        config: Config,
        wanted: list[Part] | None = None,
        begin: Callable[[Part], Process] = fresh,
    ) -> None:
        self._config = config
        self._begin = begin
        chosen = parts(config) if wanted is None else wanted
        self._children = [Child(part, _wish(config, part)) for part in chosen]
        self._stopping = False
        self.gives_way = False  # a restored folder is to take the place of this one
        self.port_seconds = _PORT_SECONDS

    def run(self) -> int:
        """Start everything and stay until a signal; returns the exit status.

        It is 1 at once if another supervisor runs on the same folder, and soon if another
        program has the port. It also ends when a restored folder waits, and then it
        `gives_way`.
        """
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        self._config.run_folder.mkdir(parents=True, exist_ok=True)
        try:
            held = claim(self._config.run_folder)
        except Claimed as error:
            log.critical("%s", error)
            return 1
        if not self._has_port():
            os.close(held)
            return 1
        try:
            (self._config.run_folder / "supervisor.pid").write_text(str(os.getpid()))
        except OSError as error:  # a full disk is no reason not to start
            log.warning("the number of this process is not noted: %s", error)
        while not self._stopping and not self._has_to_give_way():
            for child in self._children:
                self._look_after(child)
            time.sleep(_POLL_SECONDS)
        status = self._stop()
        os.close(held)
        return status

    def _has_to_give_way(self) -> bool:
        self.gives_way = swapping.is_wanted(self._config.data)
        return self.gives_way

    def _has_port(self) -> bool:
        """Whether the door will have its port; waited for a while, then said in words."""
        until = time.monotonic() + self.port_seconds
        while any(child.part.role == "door" for child in self._children):
            refusal = _port_refusal(self._config)
            if not refusal:
                return True
            if self._stopping or time.monotonic() >= until:
                log.critical("%s: stop what has it, or choose another with --listen", refusal)
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _look_after(self, child: Child) -> None:
        now, is_wanted = time.monotonic(), child.is_wanted()
        if child.process is not None:
            status = child.process.poll()
            if status is None:
                _end_if_unwanted(child, is_wanted=is_wanted)
                return
            if child.is_asked_to_end:
                child.process, child.is_asked_to_end, child.deaths = None, False, 0
                child.due = now
                return
            calm = now - child.started > _CALM_SECONDS
            child.deaths = 1 if calm else child.deaths + 1
            wait = _wait_after(child.deaths)
            child.process, child.due = None, now + wait
            log.error(
                "%s ended with status %s; it is restarted in %.0f s", child.part, status, wait
            )
        if is_wanted and now >= child.due and not self._stopping:
            child.started = now
            try:
                child.process = self._begin(child.part)
            except OSError as error:  # no memory or handles for it now
                child.deaths += 1
                child.due = now + _wait_after(child.deaths)
                log.error("%s cannot be started yet: %s", child.part, error)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _stop(self) -> int:
        """End role after role in reverse; the instances of one role end together.

        Each role has its share of the time that is left, so the last has some for certain.
        """
        status = 0
        end = time.monotonic() + _STOP_SECONDS
        roles = [
            [(child.part, child.process) for child in group if child.process is not None]
            for _, group in groupby(reversed(self._children), key=lambda child: child.part.role)
        ]
        for place, running in enumerate(roles):
            for _, process in running:
                process.terminate()
            share = max(end - time.monotonic(), 0.0) / (len(roles) - place)
            status |= _wait(running, time.monotonic() + share)
        (self._config.run_folder / "supervisor.pid").unlink(missing_ok=True)
        return status


def _wish(config: Config, part: Part) -> Callable[[], bool]:
    """Whether the part's role is wanted, as its file says."""
    role = importlib.import_module(f"vedette.roles.{part.role}").ROLE
    return lambda: bool(role.is_wanted(config))


def _end_if_unwanted(child: Child, *, is_wanted: bool) -> None:
    if not is_wanted and not child.is_asked_to_end and child.process is not None:
        child.is_asked_to_end = True
        child.process.terminate()


def _wait_after(deaths: int) -> float:
    """How long to wait before the next start: not at all after a first death."""
    return 0.0 if deaths == 1 else min(2.0 ** (deaths - 2), _MOST_WAIT_SECONDS)


def _wait(running: list[tuple[Part, Process]], until: float) -> int:
    """Wait for processes together; those that are there at the end are killed."""
    status = 0
    for part, process in running:
        try:
            process.wait(max(until - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            log.error("%s did not stop in time and is killed", part)
            process.kill()
            status = 1
    for part, process in running:
        try:
            process.wait(_KILL_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("%s cannot even be killed: it waits for the machine", part)
    return status


def _port_refusal(config: Config) -> str:
    """Why nobody can listen on the address, if another program or the system forbids it."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                reason = "is taken" if error.errno == errno.EADDRINUSE else "may not be used"
                return f"the address {config.listen} {reason}"
    return ""
