"""`vedette migrate`: bring the metadata's tables up to date, and set up a first run."""

from __future__ import annotations

import argparse

from vedette import django_setup
from vedette.config import Config

NAME = "migrate"
HELP = "bring the metadata database up to date"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What else to prepare."""
    parser.add_argument(
        "--first-run", action="store_true", help="make an organisation and a project if none exist"
    )
    parser.add_argument("--welcome", action="store_true", help="print addresses and the DSN")


def run(config: Config, options: argparse.Namespace) -> int:
    """Migrate; then the first run's objects and the welcome, if asked for."""
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.projects import first_run

    if options.first_run:
        first_run.prepare()
    if options.welcome:
        print(first_run.welcome(config), flush=True)
    return 0
