"""`vedette serve`: everything on one machine, with no configuration."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import time
from threading import Thread

from vedette import address, logs
from vedette.backups import swapping
from vedette.config import Config
from vedette.forking import Forker
from vedette.processes import fresh
from vedette.runtime import Supervisor

NAME = "serve"
HELP = "start everything: web server, pipeline and store"

log = logging.getLogger("vedette")

_ROOM_BYTES = 4 << 20
_RETRY_SECONDS = 5.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how much to print."""
    parser.add_argument("--listen", metavar="HOST:PORT", help="address (VEDETTE_LISTEN)")
    parser.add_argument("--quiet", action="store_true", help="print no welcome")


def run(config: Config, options: argparse.Namespace) -> int:
    """Prepare folder and database, welcome, then supervise."""
    logs.start(config.log_level, "serve")
    config.data.mkdir(parents=True, exist_ok=True)
    if swapping.is_wanted(config.data):
        if not swapping.finish(config.data, config.run_folder):
            log.critical("%s is being replaced by a restored folder: try again", config.data)
            return 1
        log.warning("the folder was replaced by a restored one; what was there before is kept")
    address.note(config)
    prepare = [sys.executable, "-m", "vedette", "migrate", "--first-run"]
    if not options.quiet:
        prepare.append("--welcome")
    status = subprocess.call(prepare, stdin=subprocess.DEVNULL)
    if status and _is_full(config):
        log.critical("the disk is full: the metadata cannot be opened before there is room")
        Thread(target=_prepare_later, args=(config, prepare), daemon=True).start()
    elif status:
        log.critical("the metadata database cannot be prepared; see the message above")
        return status
    supervisor = Supervisor(config, begin=fresh if status else Forker(config))
    status = supervisor.run()
    address.forget(config)
    if supervisor.gives_way:
        log.warning("a backup was restored: starting again with it")
        logging.shutdown()
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606
    return status


def _is_full(config: Config) -> bool:
    """Whether what was there before cannot be opened for want of room; health can say so."""
    has_run = bool(config.database_url) or (config.data / "vedette.sqlite3").exists()
    return has_run and shutil.disk_usage(config.data).free < _ROOM_BYTES


def _prepare_later(config: Config, prepare: list[str]) -> None:
    """Prepare the database as soon as there is room; the processes try it again and again."""
    while _is_full(config) or subprocess.call(prepare, stdin=subprocess.DEVNULL):
        time.sleep(_RETRY_SECONDS)
    log.warning("there is room again: the metadata is prepared")
