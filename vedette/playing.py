"""Plays a role in this process until it is told to end."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
from typing import NoReturn

from vedette.allocation import bound_arenas
from vedette.config import Config
from vedette.standard_files import flush


def play(config: Config, role: str, index: int = 0, *, supervised: bool = False) -> NoReturn:
    """Play it until SIGTERM, then end the process; `supervised`, also when the input ends."""
    bound_arenas()
    if supervised:
        threading.Thread(target=_end_with_supervisor, name="supervised", daemon=True).start()
    importlib.import_module(f"vedette.roles.{role}").run(config, index)
    _end()


def _end() -> NoReturn:
    """End at once: everything is closed, and while the interpreter takes itself apart libraries
    complain in the log of what they have not given back."""
    logging.shutdown()
    flush()
    os._exit(0)


def _end_with_supervisor() -> None:
    """A role that outlived its supervisor would keep port and store from the next one."""
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
