"""`vedette token list`: every API token, without the tokens themselves."""

from __future__ import annotations

import argparse

from vedette import django_setup
from vedette.config import Config

NAME = "token list"
HELP = "list the API tokens"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(config: Config, options: argparse.Namespace) -> int:
    """One line a token: number, end of the token, name, owner, scopes, end."""
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts.models import ApiToken

    for token in ApiToken.objects.select_related("organization", "user").order_by("pk"):
        owner = token.user.email if token.user else token.organization.slug
        ends = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "no end"
        print(f"{token.pk:>6}  …{token.hint}  {owner}  {token.name!r}  {ends}")
        print(f"        {' '.join(token.scopes)}")
    return 0
