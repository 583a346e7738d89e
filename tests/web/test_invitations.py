"""Invitations: offered, taken, withdrawn; and the accounts that nobody takes over by them."""

from __future__ import annotations

import dataclasses
import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tests.web.test_people import manage
from tests.web.test_signing_in import sign_in
from tests.web.world import PASSWORD, World
from vedette import clock
from vedette.accounts.invitations import INVITATION_HOURS
from vedette.accounts.models import (
    ApiToken,
    Invitation,
    Membership,
    Organization,
    SignInLink,
    TwoFactor,
    User,
)
from vedette.accounts.roles import Role

CTO = "cto@example.com"
OWN = {"name": "Dora", "password": "a password of her own"}


def invite(client: Client, email: str, role: str = "member", where: str = "lantern") -> str:
    """The page, or the words, that an invitation is answered with."""
    address = f"/settings/members/invitations/{where}/"
    return client.post(address, {"email": email, "role": role}, follow=True).content.decode()


def link_in(text: str) -> str:
    """The link of an invitation."""
    found = re.search(r"/sign-in/invitation/[\w-]+/", text)
    assert found is not None, text
    return found[0]


def role_of(email: str, organization: str = "lantern") -> str:
    """What somebody is, or nothing."""
    held = Membership.objects.filter(user__email=email, organization__slug=organization).first()
    return held.role if held else ""


@pytest.fixture
def other(world: World, charlie: Client) -> Client:
    """Charlie, who owns another organisation."""
    made = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=made, user=world.charlie, role=Role.OWNER)
    return charlie


@pytest.fixture
def intruder(other: Client) -> Client:
    """A browser in an account of the CTO's address, begun by a link that Charlie was shown."""
    browser = Client()
    browser.post(
        link_in(invite(other, CTO, where="other")), {"name": "X", "password": "the intruder's own"}
    )
    assert browser.get("/account/").status_code == 200
    return browser


@pytest.fixture
def by_mail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a mail server."""
    configured = dataclasses.replace(settings.CONFIG, mail_url="smtp://mail.example.com")
    monkeypatch.setattr(settings, "CONFIG", configured)


def test_an_invited_person_comes_in_with_a_password(world: World, alice: Client) -> None:
    """By a link that is shown once where there is no mail server, and works once."""
    link = link_in(invite(alice, "Dora@example.com", "admin"))
    assert role_of("dora@example.com") == ""
    assert "dora@example.com" in alice.get("/settings/members/").content.decode()
    dora = Client()
    assert "Join Lantern" in dora.get(link).content.decode()
    assert dora.post(link, {"name": "Dora", "password": "short"}).status_code == 400
    assert dora.post(link, OWN).status_code == 302
    assert role_of("dora@example.com") == "admin"
    assert dora.get("/issues/").status_code == 200
    assert sign_in(Client(), "dora@example.com", OWN["password"]) == 302
    assert Client().post(link, OWN).status_code == 410


def test_an_account_joins_only_by_its_holder(world: World, other: Client, bob: Client) -> None:
    """The link of somebody known opens nothing by itself; signed in, Bob takes the place."""
    link = link_in(invite(other, "bob@example.com", where="other"))
    assert role_of("bob@example.com", "other") == ""
    for browser in (Client(), other):
        assert browser.get(link).status_code == 200
        assert browser.post(link, OWN).status_code == 403
    assert role_of("bob@example.com", "other") == ""
    assert bob.post(link).status_code == 302
    assert role_of("bob@example.com", "other") == "member"


def test_who_began_an_account_with_anothers_address_joins_nothing(
    world: World, alice: Client, intruder: Client
) -> None:
    """Lantern invites the real CTO as an owner: the intruder sees nothing of it."""
    invite(alice, CTO, "owner")
    assert role_of(CTO) == ""
    assert "alice@example.com" not in intruder.get("/settings/members/").content.decode()


def test_the_first_proof_of_an_address_ends_what_was_before(
    world: World, alice: Client, intruder: Client, by_mail: None
) -> None:
    """The mailed invitation begins the account anew: sessions, password, tokens, second factor."""
    cto = User.objects.get(email=CTO)
    ApiToken.create(Organization.objects.get(slug="other"), user=cto)
    TwoFactor.objects.create(user=cto, secret="S", confirmed_at=clock.now())
    invite(alice, CTO, "owner")
    link = link_in(str(mail.outbox[-1].body))
    assert Client().post(link, OWN).status_code == 302
    assert role_of(CTO) == "owner"
    assert intruder.get("/account/").status_code == 302
    assert sign_in(Client(), CTO, "the intruder's own") == 400
    assert sign_in(Client(), CTO, OWN["password"]) == 302
    assert not ApiToken.objects.filter(user=cto).exists()


def test_a_mailed_link_for_a_lost_password_proves_the_address(
    world: World, intruder: Client
) -> None:
    """The person asks for it, and the intruder is out."""
    Client().post("/sign-in/lost/", {"email": CTO})
    link = re.search(r"/sign-in/link/[\w-]+/", str(mail.outbox[-1].body))
    assert link is not None
    assert Client().post(link[0]).status_code == 302
    assert intruder.get("/account/").status_code == 302
    assert sign_in(Client(), CTO, "the intruder's own") == 400


@pytest.mark.usefixtures("by_mail")
def test_a_proven_account_is_not_begun_anew(world: World, other: Client, bob: Client) -> None:
    """Bob's password stays, whoever mails him an invitation."""
    invite(other, "bob@example.com", where="other")
    link = link_in(str(mail.outbox[-1].body))
    assert Client().post(link, OWN).status_code == 403
    assert sign_in(Client(), "bob@example.com", PASSWORD) == 302


def test_inviting_again_shows_a_new_link(world: World, alice: Client) -> None:
    """The one that was lost opens nothing any more."""
    lost = link_in(invite(alice, CTO))
    link = link_in(invite(alice, CTO, "admin"))
    assert Client().post(lost, OWN).status_code == 410
    assert Client().post(link, OWN).status_code == 302
    assert role_of(CTO) == "admin"


def test_inviting_a_member_tells_that_nothing_was_changed(world: World, alice: Client) -> None:
    """And who was deactivated cannot be invited: the page says what to do."""
    assert "is member here already; nothing was changed" in invite(
        alice, "bob@example.com", "owner"
    )
    assert role_of("bob@example.com") == "member"
    manage(alice, world.bob, "deactivate")
    assert "deactivated" in invite(alice, "bob@example.com")


def test_an_invitation_ends(world: World, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """In time, and when it is withdrawn."""
    withdrawn = link_in(invite(alice, CTO))
    held = Invitation.objects.get()
    assert alice.post(f"/settings/members/withdrawals/{held.pk}/").status_code == 302
    assert Client().get(withdrawn).status_code == 410
    expired = link_in(invite(alice, CTO))
    monkeypatch.setattr(clock, "_offset_seconds", INVITATION_HOURS * 3600 + 1.0)
    assert Client().get(expired).status_code == 410


@pytest.mark.parametrize("deed", ["remove", "deactivate", "member"])
def test_links_that_somebody_was_shown_end_with_their_power(
    deed: str, world: World, alice: Client, bob: Client
) -> None:
    """An admin who is an admin no longer does not come back by an invitation they kept."""
    manage(alice, world.bob, "admin")
    link = link_in(invite(bob, CTO, "admin"))
    manage(alice, world.bob, deed)
    assert Client().post(link, OWN).status_code == 410


@pytest.mark.parametrize("deed", ["password", "admin", "remove", "deactivate", "other link"])
def test_a_sign_in_link_ends_with_what_it_was_made_for(
    deed: str, world: World, alice: Client, bob: Client
) -> None:
    """When the person chooses a password, changes role, goes, or comes by another link."""
    link = f"/sign-in/link/{SignInLink.create(world.bob)}/"
    if deed == "password":
        bob.post("/account/", {"current": PASSWORD, "new": "another long password"})
    elif deed == "other link":
        Client().post(f"/sign-in/link/{SignInLink.create(world.bob)}/")
    else:
        manage(alice, world.bob, deed)
    assert Client().post(link).status_code == 410


def test_only_owners_withdraw_the_invitation_of_an_owner(
    world: World, alice: Client, bob: Client
) -> None:
    """As only they offer it; a stranger does not find it."""
    invite(alice, CTO, "owner")
    address = f"/settings/members/withdrawals/{Invitation.objects.get().pk}/"
    manage(alice, world.bob, "admin")
    assert bob.post(address).status_code == 403
    assert Client().post(address).status_code == 302
    assert Invitation.objects.exists()
