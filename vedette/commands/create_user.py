"""`vedette create-user EMAIL`: let a person in, or back in, by a one-time link."""

from __future__ import annotations

import argparse
import sys

from vedette import address, django_setup
from vedette.config import Config

NAME = "create-user"
HELP = "create a user, or find one, and print a one-time sign-in link"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who, and what they may do."""
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("--name", default="", help="the person's name")
    parser.add_argument(
        "--role", choices=("owner", "admin", "member"), help="a new person is a member without it"
    )
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument(
        "--without-second-factor",
        action="store_true",
        help="turn the second factor off: telephone and recovery codes are lost",
    )


def run(config: Config, options: argparse.Namespace) -> int:
    """Make user and membership where they are missing, else give the role that is asked for."""
    config = address.as_running(config)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts import people, two_factor
    from vedette.accounts.models import Membership, Organization, SignInLink, User
    from vedette.accounts.roles import Role
    from vedette.projects import first_run

    first_run.prepare()
    found = Organization.objects.order_by("id")
    wanted = options.organization
    organization = (found.filter(slug=wanted) if wanted else found).first()
    if organization is None:
        print(f"vedette: there is no organisation {wanted!r}")
        return 1
    email = options.email.strip().lower()
    user, _ = User.objects.find_or_create(email, name=options.name)
    people.activate(user)
    if options.without_second_factor:
        two_factor.turn_off(user)
    held, is_new = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": options.role or "member"}
    )
    if options.role and not is_new and held.role != options.role:
        try:
            people.change_role(held, Role(options.role))
        except (people.LastOwnerError, people.ChangedMeanwhileError) as error:
            print(f"vedette: {email} stays {held.role}. {error}", file=sys.stderr)
            return 1
        print(f"{email} is {options.role} now.", file=sys.stderr)
    print(f"{config.base_url}/sign-in/link/{SignInLink.create(user)}/")
    return 0
