"""`vedette token create`: a bearer token for the web API, shown once."""

from __future__ import annotations

import argparse
import json
import sys

from vedette import address, django_setup
from vedette.accounts.scopes import Scope
from vedette.config import Config

NAME = "token create"
HELP = "create an API token and print it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose token, and its name."""
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--name", default="command line", help="what to call it")
    parser.add_argument("--user", metavar="EMAIL", help="a person's token; it dies with them")
    parser.add_argument(
        "--scope", action="append", choices=[str(scope) for scope in Scope], help="may repeat"
    )
    parser.add_argument("--days", type=int, help="days until it ends; default: never")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(config: Config, options: argparse.Namespace) -> int:
    """Create it and print it."""
    config = address.as_running(config)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts.models import ApiToken, Organization, User
    from vedette.projects import first_run

    if not options.organization:
        first_run.prepare()
    found = Organization.objects.order_by("id")
    wanted = options.organization
    organization = (found.filter(slug=wanted) if wanted else found).first()
    if organization is None:
        print(f"vedette: there is no organisation {wanted!r}", file=sys.stderr)
        return 1
    user = None
    if options.user:
        members = User.objects.filter(memberships__organization=organization)
        user = members.filter(email=options.user.strip().lower()).first()
        if user is None:
            print(f"vedette: {options.user!r} is no member of {organization}", file=sys.stderr)
            return 1
    token = ApiToken.create(
        organization,
        name=options.name,
        user=user,
        scopes=options.scope,
        valid_days=options.days,
    )
    about = {"token": token, "organization": organization.slug, "url": config.base_url}
    print(json.dumps(about) if options.json else token)
    return 0
