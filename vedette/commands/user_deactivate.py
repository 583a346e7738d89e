"""`vedette user deactivate EMAIL`: shut a person out at once; `create-user` lets them in again."""

from __future__ import annotations

import argparse
import sys

from vedette import django_setup
from vedette.config import Config

NAME = "user deactivate"
HELP = "end a person's sessions, links and tokens, and keep them out"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who."""
    parser.add_argument("email", metavar="EMAIL")


def run(config: Config, options: argparse.Namespace) -> int:
    """Deactivate the person, but never the last owner."""
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts import people
    from vedette.accounts.models import User

    user = User.objects.filter(email=options.email.strip().lower()).first()
    if user is None:
        print(f"vedette: there is no user {options.email!r}", file=sys.stderr)
        return 1
    try:
        people.deactivate(user)
    except people.LastOwnerError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    print(f"{user.email} is deactivated.")
    return 0
