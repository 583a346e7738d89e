"""`vedette token revoke NUMBER`: end an API token at once, beside the running server."""

from __future__ import annotations

import argparse
import sys

from vedette import django_setup
from vedette.config import Config

NAME = "token revoke"
HELP = "end an API token (numbers: vedette token list)"
_MOST = 1 << 62


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("number", metavar="NUMBER", type=int)


def run(config: Config, options: argparse.Namespace) -> int:
    """Delete it."""
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts.models import ApiToken

    found = ApiToken.objects.filter(pk=options.number) if abs(options.number) < _MOST else None
    if found is None or not found.delete()[0]:
        print(f"vedette: there is no token {options.number}", file=sys.stderr)
        return 1
    print("The token is revoked.")
    return 0
