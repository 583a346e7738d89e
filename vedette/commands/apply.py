"""`vedette apply FILE…`: rules, routes, dashboards and more as code, also while the server runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vedette import address, django_setup
from vedette.config import Config

NAME = "apply"
HELP = "make rules, channels, routes and dashboards what the files say"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The files and how to take them."""
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    parser.add_argument(
        "--prune", action="store_true", help="remove what came from files and is in none now"
    )


def run(config: Config, options: argparse.Namespace) -> int:
    """Show the difference and make it so; 1 for mistakes in the files."""
    config = address.as_running(config)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.configuration import Author
    from vedette.configuration._applying import carry_out, plan
    from vedette.configuration._files import FileMistakes, read_files
    from vedette.configuration._organization import chosen

    organization = chosen(options.organization)
    if organization is None:
        print("there is no such organisation", file=sys.stderr)
        return 1
    try:
        steps = plan(organization, read_files(options.files), prune=options.prune)
    except FileMistakes as error:
        print(error, file=sys.stderr)
        return 1
    for step in steps:
        print(f"{step.what} {step.kind.name} {step.identity}")
        for line in step.lines if step.what == "change" else ():
            print(f"    {line}")
    if not steps:
        print("nothing to change")
    elif options.dry_run:
        print(f"{len(steps)} changes, not made (--dry-run)")
    else:
        carry_out(organization, steps, Author(is_file=True))
        print(f"{len(steps)} changes made")
    return 0
