"""`vedette serve`: everything on one machine, with no configuration."""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys

from vedette import address, logs
from vedette.config import Config
from vedette.runtime import Supervisor

NAME = "serve"
HELP = "start everything: web server, pipeline and store"

log = logging.getLogger("vedette")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how much to print."""
    parser.add_argument("--listen", metavar="HOST:PORT", help="address (VEDETTE_LISTEN)")
    parser.add_argument("--quiet", action="store_true", help="print no welcome")


def run(config: Config, options: argparse.Namespace) -> int:
    """Prepare folder and database, welcome, then supervise."""
    logs.start(config.log_level, "serve")
    config.data.mkdir(parents=True, exist_ok=True)
    address.note(config)
    prepare = [sys.executable, "-m", "vedette", "migrate", "--first-run"]
    if not options.quiet:
        prepare.append("--welcome")
    status = subprocess.call(prepare, stdin=subprocess.DEVNULL)
    if status:
        log.critical("the metadata database cannot be prepared; see the message above")
        return status
    status = Supervisor(config).run()
    address.forget(config)
    return status
