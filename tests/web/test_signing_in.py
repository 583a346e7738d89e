"""Signing in: by password, by link, and what is refused."""

from __future__ import annotations

from threading import BoundedSemaphore

import pytest
from django.test import Client

from tests.web.world import PASSWORD, World
from vedette import clock
from vedette.accounts import checking
from vedette.accounts.attempts import MOST_ATTEMPTS, WINDOW_SECONDS
from vedette.accounts.models import Membership, Organization, Role, SignInLink, User


def sign_in(client: Client, email: str, password: str, **more: str) -> int:
    """Try to sign in; answers the status code."""
    return client.post("/sign-in/", {"email": email, "password": password, **more}).status_code


def test_a_password_opens_the_door(world: World, nobody: Client) -> None:
    """Any case of the address will do; one is taken where one wanted to go."""
    wanted = {"email": "ALICE@example.com", "password": PASSWORD, "next": "/outcomes/?period=24h"}
    answer = nobody.post("/sign-in/", wanted)
    assert answer["Location"] == "/outcomes/?period=24h"
    assert nobody.get("/issues/").status_code == 200


def test_a_wrong_password_says_so_and_keeps_the_address(world: World, nobody: Client) -> None:
    """The words do not tell whether the account exists."""
    one = nobody.post("/sign-in/", {"email": "alice@example.com", "password": "x"})
    other = nobody.post("/sign-in/", {"email": "who@example.com", "password": "x"})
    words = "E-mail address and password do not belong together."
    assert words in one.content.decode()
    assert words in other.content.decode()
    assert 'value="alice@example.com"' in one.content.decode()


def test_guessing_is_slowed_down(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten failures even the right password waits five minutes."""
    for _ in range(MOST_ATTEMPTS):
        assert sign_in(nobody, "alice@example.com", "guess") == 400
    assert sign_in(nobody, "alice@example.com", PASSWORD) == 429
    monkeypatch.setattr(clock, "_offset_seconds", WINDOW_SECONDS + 1.0)
    assert sign_in(nobody, "alice@example.com", PASSWORD) == 302


def test_sign_out_is_a_post(world: World, alice: Client) -> None:
    """A link cannot sign anybody out."""
    assert alice.get("/sign-out/").status_code == 405
    alice.post("/sign-out/")
    assert alice.get("/issues/").status_code == 302


def test_the_owner_link_makes_the_first_owner_once(rollback: None, nobody: Client) -> None:
    """Opening the link changes nothing; its form makes user, organisation and ownership."""
    User.objects.all().delete()
    Organization.objects.all().delete()
    address = f"/sign-in/link/{SignInLink.create()}/"
    assert "Welcome" in nobody.get(address).content.decode()
    wrong = {"name": "Alice", "email": "alice@example.com", "password": "short"}
    refused = nobody.post(address, wrong)
    assert refused.status_code == 400
    assert 'value="alice@example.com"' in refused.content.decode()
    assert nobody.post(address, {**wrong, "password": PASSWORD}).status_code == 302
    held = Membership.objects.get()
    assert (held.user.email, held.role) == ("alice@example.com", Role.OWNER)
    assert nobody.get("/issues/").status_code == 200
    again = Client().get(address)
    assert again.status_code == 410
    assert "already used" in again.content.decode()


def test_a_persons_link_signs_in_once(world: World, nobody: Client) -> None:
    """GET shows who it is for, POST signs in, the second POST does not."""
    address = f"/sign-in/link/{SignInLink.create(world.bob)}/"
    assert "Sign in as Bob" in nobody.get(address).content.decode()
    assert nobody.post(address).status_code == 302
    assert nobody.get("/account/").status_code == 200
    assert Client().post(address).status_code == 410


def test_expired_and_invented_links_say_so(world: World, nobody: Client) -> None:
    """Each says what is wrong with it."""
    expired = SignInLink.create(world.bob, valid_hours=-1)
    assert "expired" in nobody.get(f"/sign-in/link/{expired}/").content.decode()
    assert "not known" in nobody.get("/sign-in/link/invented/").content.decode()


def test_a_password_is_changed_by_its_owner(world: World, bob: Client) -> None:
    """The present password is asked for; the session goes on."""
    wrong = bob.post("/account/", {"current": "no", "new": "another long password"})
    assert wrong.status_code == 400
    bob.post("/account/", {"current": PASSWORD, "new": "another long password"})
    assert bob.get("/account/").status_code == 200
    world.bob.refresh_from_db()
    assert world.bob.check_password("another long password")


def test_a_name_is_changed_by_its_owner(world: World, bob: Client) -> None:
    """And shown escaped."""
    bob.post("/account/", {"name": "<b>Bob</b>"})
    assert "&lt;b&gt;Bob&lt;/b&gt;" in bob.get("/account/").content.decode()


def test_an_inactive_account_is_out(world: World, bob: Client) -> None:
    """A person who was switched off has no session left."""
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert bob.get("/issues/").status_code == 302


def test_guesses_at_the_same_moment_are_no_more_than_those_one_by_one(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt counts before its password is looked at."""
    inner: list[int] = []
    looked_at: list[str] = []

    def look(request: object, email: str, password: str) -> None:
        looked_at.append(password)
        if len(looked_at) <= 3 * MOST_ATTEMPTS:  # another arrives while this one is looked at
            inner.append(sign_in(Client(), "alice@example.com", "guess"))

    monkeypatch.setattr(checking, "person_of", look)
    sign_in(nobody, "alice@example.com", "guess")
    assert len(looked_at) == MOST_ATTEMPTS
    assert inner.count(429) == 1


def test_passwords_are_checked_a_few_at_once(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond them a person is asked to come again, and the attempt does not count."""
    monkeypatch.setattr(checking, "_present", BoundedSemaphore(1))
    with checking._turn():
        for _ in range(MOST_ATTEMPTS + 1):
            answer = nobody.post("/sign-in/", {"email": "alice@example.com", "password": PASSWORD})
            assert answer.status_code == 503
            assert "Try again in a few seconds" in answer.content.decode()
    assert sign_in(nobody, "alice@example.com", PASSWORD) == 302


def test_the_present_password_cannot_be_guessed_in_a_session(world: World, bob: Client) -> None:
    """After ten wrong ones even the right one waits."""
    for _ in range(MOST_ATTEMPTS):
        bob.post("/account/", {"current": "guess", "new": "another long password"})
    answer = bob.post("/account/", {"current": PASSWORD, "new": "another long password"})
    assert answer.status_code == 400
    assert "Too many attempts" in answer.content.decode()
    assert sign_in(Client(), "bob@example.com", PASSWORD) == 302
