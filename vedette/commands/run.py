"""`vedette run ROLE`: a single role, for larger set-ups and for the supervisor."""

from __future__ import annotations

import argparse
import pkgutil

import vedette.roles
from vedette.config import Config
from vedette.playing import play

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
    play(config, options.role, options.index, supervised=options.supervised)
