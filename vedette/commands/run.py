"""`vedette run ROLE`: a single role, for larger set-ups and for the supervisor."""

from __future__ import annotations

import argparse
import importlib
import pkgutil

import vedette.roles
from vedette.config import Config

NAME = "run"
HELP = "run a single role: web or worker"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The role."""
    roles = sorted(info.name for info in pkgutil.iter_modules(vedette.roles.__path__))
    parser.add_argument("role", choices=roles)
    parser.add_argument("--listen", metavar="HOST:PORT", help="address (VEDETTE_LISTEN)")


def run(config: Config, options: argparse.Namespace) -> int:
    """Run it until SIGTERM."""
    importlib.import_module(f"vedette.roles.{options.role}").run(config)
    return 0
