"""Changes to people at the same moment, against the database that the environment names.

Run as a program by `test_postgres_people.py`; prints what was left after each race as JSON.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from vedette import config, django_setup

django_setup.setup(config.load())
django_setup.migrate()

from django.db import connections  # noqa: E402

from vedette.accounts import identities, invitations, links, people  # noqa: E402
from vedette.accounts.models import (  # noqa: E402
    Identity,
    Invitation,
    Membership,
    Organization,
    SignInLink,
    User,
)
from vedette.accounts.roles import Role  # noqa: E402
from vedette.accounts.single_sign_on import Claim  # noqa: E402

ROUNDS = 12


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[str]:
    """Do all of them from threads that begin together; what each raised, or nothing."""
    raised = [""] * len(deeds)
    ready = threading.Barrier(len(deeds))

    def run(index: int) -> None:
        try:
            User.objects.exists()
            ready.wait()
            deeds[index]()
        except Exception as error:
            raised[index] = type(error).__name__
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def owners_go(name: str, deed: Callable[[Membership], None]) -> int:
    """How many owners are left of two, at the least, if each goes at the same moment."""
    left = []
    for number in range(ROUNDS):
        home = Organization.objects.create(slug=f"{name}-{number}", name=name)
        held = [
            Membership.objects.create(
                organization=home,
                user=User.objects.create_user(f"{name}-{number}-{which}@example.com"),
                role=Role.OWNER,
            )
            for which in range(2)
        ]
        at_once([partial(deed, one) for one in held])
        owners = home.memberships.filter(role=Role.OWNER, user__is_active=True)
        left.append(owners.count())
    return min(left)


def _own(link: SignInLink, name: str) -> User:
    email = f"first-{name}@example.com"
    return links.use_owner_link(link, name=name, email=email, password="a long enough password")


def first_owners() -> int:
    """How many first owners there are, at the most, of two links that are used at once."""
    found = []
    for number in range(ROUNDS):
        Membership.objects.all().delete()
        held = [links.find_link(SignInLink.create()) for _ in range(2)]
        deeds = [partial(_own, link, f"{number}-{which}") for which, link in enumerate(held)]
        at_once(deeds)
        found.append(Membership.objects.filter(role=Role.OWNER).count())
    return max(found)


def newcomers() -> list[str]:
    """What is raised when one new person signs in three times at once at the provider."""
    claim = Claim(issuer="i", subject="s", email="new@example.com", name="New")
    return at_once([lambda: identities.find_person(claim, may_sign_up=True)] * 3)


def invited() -> list[str]:
    """What is raised when two owners invite one new address three times at once."""
    home = Organization.objects.create(slug="inviting", name="Inviting")
    owner = User.objects.create_user("owner@example.com")
    Membership.objects.create(organization=home, user=owner, role=Role.OWNER)
    return at_once(
        [
            lambda: invitations.invite(
                home, "invited@example.com", Role.MEMBER, by=owner, is_mailed=False
            )
        ]
        * 3
    )


print(
    json.dumps(
        {
            "removed": owners_go("removed", people.remove_member),
            "demoted": owners_go("demoted", lambda one: people.change_role(one, Role.MEMBER)),
            "deactivated": owners_go("deactivated", lambda one: people.deactivate(one.user)),
            "first owners": first_owners(),
            "newcomers": newcomers(),
            "identities": Identity.objects.count(),
            "invited": invited(),
            "invitations": Invitation.objects.count(),
        }
    )
)
