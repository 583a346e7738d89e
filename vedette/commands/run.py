"""`vedette run ROLE`: a single role, for larger set-ups and for the supervisor."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import pkgutil
import signal
import sys
import threading

import vedette.roles
from vedette.allocation import bound_arenas
from vedette.config import Config

NAME = "run"
HELP = "run a single role, such as door, pages or worker"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The role."""
    roles = sorted(info.name for info in pkgutil.iter_modules(vedette.roles.__path__))
    parser.add_argument("role", choices=roles)
    parser.add_argument(
        "--index", type=int, default=0, metavar="N", help="which instance of the role, from 0"
    )
    parser.add_argument("--listen", metavar="HOST:PORT", help="address (VEDETTE_LISTEN)")
    parser.add_argument(
        "--supervised", action="store_true", help="end when the standard input ends"
    )


def run(config: Config, options: argparse.Namespace) -> int:
    """Run it until SIGTERM."""
    bound_arenas()
    if options.supervised:
        threading.Thread(target=_end_with_supervisor, name="supervised", daemon=True).start()
    importlib.import_module(f"vedette.roles.{options.role}").run(config, options.index)
    _end()
    return 0


def _end() -> None:
    """End at once: everything is closed, and while the interpreter takes itself apart libraries
    complain in the log of what they have not given back."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _end_with_supervisor() -> None:
    """A role that outlived its supervisor would keep port and store from the next one."""
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
