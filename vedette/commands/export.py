"""`vedette export`: everything that files can say, as YAML, or as a document with `--markdown`."""

from __future__ import annotations

import argparse
import sys

from vedette import address, django_setup
from vedette.config import Config

NAME = "export"
HELP = "print rules, channels, routes and dashboards as a file for `vedette apply`"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of which organisation, in which form."""
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--markdown", action="store_true", help="a document of the rules")


def run(config: Config, options: argparse.Namespace) -> int:
    """Print it; secrets are never part of it."""
    config = address.as_running(config)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.configuration._exporting import as_markdown, as_yaml
    from vedette.configuration._organization import chosen

    organization = chosen(options.organization)
    if organization is None:
        print("there is no such organisation", file=sys.stderr)
        return 1
    print(as_markdown(organization) if options.markdown else as_yaml(organization), end="")
    return 0
