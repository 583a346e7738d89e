"""`vedette forget --email ADDRESS`: finds and removes everything about one person."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from vedette import django_setup
from vedette.config import Config

if TYPE_CHECKING:
    from vedette.storage.models import Forgetting

NAME = "forget"
HELP = "find and remove everything about one person, with a receipt"
_LOOK_SECONDS = 1.0
_AWAY_SECONDS = 60.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who, where, and that it is meant."""
    known = parser.add_mutually_exclusive_group(required=True)
    known.add_argument("--id", metavar="ID", help="the user id that applications report")
    known.add_argument("--email", metavar="ADDRESS")
    known.add_argument("--username", metavar="NAME")
    known.add_argument("--ip", metavar="ADDRESS")
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--yes", action="store_true", help="remove it without asking")


def run(config: Config, options: argparse.Namespace) -> int:
    """Ask the running server to look, show what it found, have it removed; prints the receipt."""
    django_setup.setup(config)
    from vedette.accounts.models import Organization
    from vedette.storage.forgetting import ask_to_forget, confirm, receipt
    from vedette.storage.models import Forgetting

    found = Organization.objects.order_by("id")
    wanted = options.organization
    organization = (found.filter(slug=wanted) if wanted else found).first()
    if organization is None:
        print(f"vedette: there is no organisation {wanted!r}", file=sys.stderr)
        return 1
    kind, value = _known_by(options)
    if not value:
        print("vedette: nobody is known by nothing: write who it is", file=sys.stderr)
        return 1
    one = ask_to_forget(organization, kind, value, by="vedette forget")
    if not _wait(one, Forgetting.State.LOOKING, _AWAY_SECONDS):
        one.delete()
        print("vedette: nobody looks: start `vedette serve` first", file=sys.stderr)
        return 1
    for name, count in sorted(one.found.items()):
        print(f"{count:>10,}  {name}")
    if not options.yes and not _is_meant(sum(one.found.values())):
        one.delete()
        print("nothing was removed")
        return 1
    confirm(one)
    print("removing; it ends when nothing of it can come late", file=sys.stderr)
    one.refresh_from_db()
    _wait(one, Forgetting.State.REMOVING)
    print(json.dumps(receipt(one), indent=2, ensure_ascii=False))
    return 0


def _known_by(options: argparse.Namespace) -> tuple[str, str]:
    from vedette.items import IDENTITIES

    given = ((name, getattr(options, name)) for name in IDENTITIES)
    return next((name, value.strip()) for name, value in given if value is not None)


def _wait(one: Forgetting, state: str, seconds: float = float("inf")) -> bool:
    """Until it is in another state; False if that takes too long."""
    until = time.monotonic() + seconds
    while one.state == state:
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_SECONDS)
        one.refresh_from_db()
    return True


def _is_meant(count: int) -> bool:
    try:
        return input(f"Remove all of it ({count:,})? Type yes: ") == "yes"
    except EOFError:
        return False
