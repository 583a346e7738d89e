"""Single sign-on with a provider that runs on loopback and signs for real."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from joserfc.jwk import RSAKey

from tests.web.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    running_provider,
)
from tests.web.world import World
from vedette import clock
from vedette.accounts.invitations import invite
from vedette.accounts.models import Membership, User
from vedette.accounts.roles import Role


@pytest.fixture
def provider(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    """The installation trusts a provider."""
    with running_provider() as made:
        configure(monkeypatch, made)
        yield made


def configure(monkeypatch: pytest.MonkeyPatch, made: IdentityProvider, **more: Any) -> None:
    """Settings that name the provider."""
    held = {
        "oidc_url": made.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "outgoing_networks": "127.0.0.1",
        **more,
    }
    monkeypatch.setattr(settings, "CONFIG", dataclasses.replace(settings.CONFIG, **held))


def sign_in(client: Client, provider: IdentityProvider, following: str = "") -> Any:
    """There and back; the last answer."""
    there = client.get("/sign-in/provider/", {"next": following})
    return client.get("/sign-in/back/", provider.sign_in(there["Location"]))


def test_a_person_signs_in_at_the_provider(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """And is where they wanted to go, also after the address has changed there."""
    assert "Single sign-on" in nobody.get("/sign-in/").content.decode()
    assert sign_in(nobody, provider, "/outcomes/")["Location"] == "/outcomes/"
    assert nobody.get("/issues/").status_code == 200
    provider.person["email"] = "robert@example.com"
    later = Client()
    assert sign_in(later, provider).status_code == 302
    assert "bob@example.com" in later.get("/account/").content.decode()


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"exp": 1},
        {"nonce": "another"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": 1},
        {"email": None},
        {"email": "who@example.com"},
    ],
)
def test_a_token_that_is_not_right_signs_nobody_in(
    lies: dict[str, Any], world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """Another issuer's, another client's, too old, unproven, of nobody known (SEC-68)."""
    provider.lies = lies
    assert sign_in(nobody, provider).status_code == 403
    assert nobody.get("/issues/").status_code == 302


def test_an_address_that_passes_to_another_account_opens_nothing(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """The provider has named Bob before; somebody else has his address now (SEC-68)."""
    assert sign_in(Client(), provider).status_code == 302
    provider.person = {**provider.person, "sub": "43", "name": "Mallory"}
    assert sign_in(nobody, provider).status_code == 403
    assert nobody.get("/issues/").status_code == 302


def test_a_forged_signature_signs_nobody_in(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """The keys are those that the provider publishes."""
    provider.signing = RSAKey.generate_key(2048, parameters={"kid": "one"})
    assert sign_in(nobody, provider).status_code == 403


def test_an_answer_belongs_to_the_browser_that_asked(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """Nobody is signed in by a link of somebody else, and no answer works twice."""
    there = nobody.get("/sign-in/provider/")
    back = provider.sign_in(there["Location"])
    assert Client().get("/sign-in/back/", back)["Location"] == "/sign-in/"
    victim = Client()
    victim.get("/sign-in/provider/")
    assert victim.get("/sign-in/back/", back).status_code == 403
    assert nobody.get("/sign-in/back/", back)["Location"] == "/"
    assert Client().get("/sign-in/back/", back)["Location"] == "/sign-in/"


def test_who_is_deactivated_stays_out(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """Whatever the provider says."""
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert sign_in(nobody, provider).status_code == 403


def test_people_of_the_provider_become_members_where_that_is_set(
    world: World, provider: IdentityProvider, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As members, not as owners."""
    provider.person = {**provider.person, "sub": "7", "email": "new@example.com", "name": "New"}
    configure(monkeypatch, provider, oidc_sign_up=True)
    assert sign_in(nobody, provider)["Location"] == "/"
    assert Membership.objects.get(user__email="new@example.com").role == "member"


def test_a_provider_that_does_not_answer_is_told_in_words(
    world: World, provider: IdentityProvider, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a 500; and one in a private network that is not allowed is not asked."""
    for more in ({"oidc_url": "http://127.0.0.1:9"}, {"outgoing_networks": ""}):
        configure(monkeypatch, provider, **more)
        answer = nobody.get("/sign-in/provider/")
        assert answer.status_code == 403
        assert "cannot be asked" in answer.content.decode()


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "OKP", "kid": "x", "crv": "X999", "x": "YWJj"},
        {"kty": "EC", "kid": "x", "crv": "P-999", "x": "YWJj", "y": "YWJj"},
        {"kty": "RSA", "kid": "x", "n": "", "e": "AQAB", "use": "enc"},
        {"kty": "of tomorrow"},
        "no key",
        None,
    ],
)
def test_a_key_of_unknown_form_spoils_no_other(
    key: Any, world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """Providers publish keys for other uses, and of kinds to come."""
    provider.more_keys = [key]
    assert sign_in(nobody, provider).status_code == 302


def test_one_key_alone_is_tried_whatever_its_name(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """Some providers name it in the token only."""
    provider.key = RSAKey.import_key({**provider.key.as_dict(private=False), "kid": "other"})
    assert sign_in(nobody, provider).status_code == 302


def test_a_key_that_was_replaced_is_asked_for(
    world: World, provider: IdentityProvider, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are remembered, but not against the provider."""
    assert sign_in(Client(), provider).status_code == 302
    provider.key = provider.signing = RSAKey.generate_key(2048, parameters={"kid": "one"})
    monkeypatch.setattr(clock, "_offset_seconds", 120.0)
    assert sign_in(nobody, provider).status_code == 302


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": [CLIENT_ID, "other"], "azp": "other"},
        {"email": "no address"},
        {"email": "bob@example.com\nbcc: eve@example.com"},
        {"email": "b\x00b@example.com"},
        {"sub": ""},
        {"sub": 42},
        {"sub": "a\x00b"},
        {"exp": "soon"},
    ],
)
def test_a_token_that_is_odd_signs_nobody_in(
    lies: dict[str, Any],
    world: World,
    provider: IdentityProvider,
    nobody: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For another client, with an address that is none, or of nobody; also where all may join."""
    configure(monkeypatch, provider, oidc_sign_up=True)
    provider.lies = lies
    people = User.objects.count()
    assert sign_in(nobody, provider).status_code == 403
    assert User.objects.count() == people


def test_two_tabs_do_not_spoil_one_another(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """The answer of each finds its own question."""
    tabs = [nobody.get("/sign-in/provider/", {"next": f"/outcomes/?n={n}"}) for n in range(2)]
    for number, there in enumerate(tabs):
        back = nobody.get("/sign-in/back/", provider.sign_in(there["Location"]))
        assert back["Location"] == f"/outcomes/?n={number}"


def test_strangers_who_go_to_the_provider_leave_nothing_behind(
    world: World, provider: IdentityProvider
) -> None:
    """No row of a session for each."""
    sessions = Session.objects.count()
    for _ in range(5):
        assert Client().get("/sign-in/provider/").status_code == 302
    assert Session.objects.count() == sessions


def test_a_silent_provider_is_asked_once_in_a_while(
    world: World, provider: IdentityProvider, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes within ten seconds of a failure is told so at once, in words."""
    provider.is_broken = True
    for _ in range(5):
        answer = nobody.get("/sign-in/provider/")
        assert answer.status_code == 403
        assert "asked again in 10 seconds" in answer.content.decode()
    assert provider.questions == 1
    provider.is_broken = False
    monkeypatch.setattr(clock, "_offset_seconds", 11.0)
    assert nobody.get("/sign-in/provider/").status_code == 302


def test_who_is_invited_joins_by_the_provider(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """It has verified the address, so it takes the place that was offered."""
    invite(world.organization, "new@example.com", Role.ADMIN, by=world.alice, is_mailed=False)
    provider.person = {**provider.person, "sub": "7", "email": "new@example.com", "name": "New"}
    assert sign_in(nobody, provider).status_code == 302
    assert Membership.objects.get(user__email="new@example.com").role == Role.ADMIN


def test_a_verified_address_ends_what_was_set_before(
    world: World, provider: IdentityProvider, nobody: Client
) -> None:
    """Somebody else had begun the account by an invitation that was shown to them."""
    bob = world.bob
    User.objects.filter(pk=bob.pk).update(is_address_proven=False)
    intruder = Client()
    bob.refresh_from_db()
    intruder.force_login(bob)
    assert sign_in(nobody, provider).status_code == 302
    assert intruder.get("/account/").status_code == 302
    assert nobody.get("/account/").status_code == 200
