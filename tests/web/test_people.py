"""People and tokens: invited, limited, removed, deactivated; tokens that end."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.web.test_signing_in import sign_in
from tests.web.walk import bearer
from tests.web.world import PASSWORD, World
from vedette import clock
from vedette.accounts import people
from vedette.accounts.attempts import MOST_ATTEMPTS
from vedette.accounts.invitations import InvitationError, invite
from vedette.accounts.models import ApiToken, Membership, SignInLink, User
from vedette.accounts.promised_links import MOST_LINKS, send_due
from vedette.accounts.roles import Role
from vedette.outgoing import mail as outgoing
from vedette.projects.creation import create_project
from vedette.web import background
from vedette.web.security import SecurityHeaders

ISSUES = "/api/0/organizations/lantern/issues/"


def membership(user: User) -> Membership:
    """The person's membership."""
    return Membership.objects.get(user=user)


def manage(client: Client, user: User, what: str) -> int:
    """Do something about a member; the status code."""
    return client.post(f"/settings/members/{membership(user).pk}/", {"do": what}).status_code


def test_only_owners_make_owners(world: World, alice: Client, bob: Client) -> None:
    """Members manage nobody, admins everybody but owners; the last owner stays."""
    assert manage(bob, world.alice, "remove") == 403
    assert manage(alice, world.bob, "admin") == 302
    assert manage(bob, world.alice, "member") == 403
    assert manage(bob, world.bob, "owner") == 403
    manage(alice, world.alice, "member")
    assert membership(world.alice).role == Role.OWNER
    manage(alice, world.alice, "remove")
    assert membership(world.alice).role == Role.OWNER


def test_who_is_removed_is_out_at_once(world: World, alice: Client, bob: Client) -> None:
    """Session and tokens alike."""
    client = bearer(world.organization, world.bob)
    assert client.get(ISSUES).status_code == 200
    manage(alice, world.bob, "remove")
    assert bob.get("/issues/").status_code == 403
    assert client.get(ISSUES).status_code == 401


def test_who_is_deactivated_is_out_at_once(world: World, alice: Client, bob: Client) -> None:
    """Session, tokens, links and password."""
    client = bearer(world.organization, world.bob)
    link = f"/sign-in/link/{SignInLink.create(world.bob)}/"
    manage(alice, world.bob, "deactivate")
    assert bob.get("/issues/").status_code == 302
    assert client.get(ISSUES).status_code == 401
    assert Client().post(link).status_code == 410
    assert sign_in(Client(), "bob@example.com", PASSWORD) == 400
    manage(alice, world.bob, "activate")
    assert sign_in(Client(), "bob@example.com", PASSWORD) == 302


def test_a_project_is_closed_to_a_member_and_opened_again(
    world: World, alice: Client, bob: Client
) -> None:
    """Bob sees the other one, and none that is made later; until he sees all again."""
    settings_page = "/projects/shop/settings/"
    assert bob.post(settings_page, {"form": "members"}).status_code == 403
    bobs = membership(world.bob).pk
    alice.post(settings_page, {"form": "members", "listed": bobs})
    later = create_project(world.organization, "Later")
    assert bob.get(settings_page).status_code == 404
    assert bob.get("/projects/web/settings/").status_code == 200
    assert bob.get(f"/projects/{later.slug}/settings/").status_code == 404
    alice.post(settings_page, {"form": "members", "member": bobs, "listed": bobs})
    assert bob.get(settings_page).status_code == 200
    manage(alice, world.bob, "all")
    assert bob.get(f"/projects/{later.slug}/settings/").status_code == 200


def test_a_token_is_made_listed_and_revoked(world: World, alice: Client, bob: Client) -> None:
    """It is shown once, works at once, and dies at once; others' are not to be seen."""
    form = {"name": "of Bob", "scopes": ["event:read"], "days": "7"}
    page = bob.post("/settings/tokens/", form).content.decode()
    token = re.search(r"sntryu_[0-9a-f]{64}", page)
    assert token is not None
    client = Client(headers={"Authorization": f"Bearer {token[0]}"})
    assert client.get(ISSUES).status_code == 200
    assert token[0] not in bob.get("/settings/tokens/").content.decode()
    ApiToken.create(world.organization, user=world.alice, name="of Alice")
    assert "of Alice" not in bob.get("/settings/tokens/").content.decode()
    assert "of Bob" in alice.get("/settings/tokens/").content.decode()
    bob.post(f"/settings/tokens/{ApiToken.objects.get(name='of Bob').pk}/")
    assert client.get(ISSUES).status_code == 401


def test_a_token_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On its day."""
    token = ApiToken.create(world.organization, valid_days=1)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert client.get(ISSUES).status_code == 200
    monkeypatch.setattr(clock, "_offset_seconds", 86401.0)
    assert client.get(ISSUES).status_code == 401


def test_members_make_no_tokens_of_the_organisation(world: World, bob: Client) -> None:
    """Such a token outlives its maker and may do what owners may."""
    form = {"name": "shared", "scopes": ["org:admin"], "is_shared": "on"}
    assert bob.post("/settings/tokens/", form).status_code == 400
    assert not ApiToken.objects.exists()


def test_a_token_gives_no_more_than_its_person_may_do(world: World) -> None:
    """Bob's token with every scope does not change the project."""
    client = bearer(world.organization, world.bob, ["project:admin", "org:admin", "event:read"])
    scopes = client.get("/api/0/").json()["auth"]["scopes"]
    assert "event:read" in scopes
    assert "project:admin" not in scopes
    assert "org:admin" not in scopes


def test_a_lost_password_is_replaced_by_mail(world: World, nobody: Client) -> None:
    """The answer is the same for an unknown address; the link is in the mail alone."""
    known = nobody.post("/sign-in/lost/", {"email": "Bob@example.com"}).content.decode()
    unknown = nobody.post("/sign-in/lost/", {"email": "who@example.com"}).content.decode()
    assert known.replace("bob@", "who@") == unknown
    (message,) = mail.outbox
    assert message.to == ["bob@example.com"]
    link = re.search(r"/sign-in/link/[\w-]+/", str(message.body))
    assert link is not None
    nobody.post(link[0])
    assert nobody.post("/account/", {"new": "a brand new password"}).status_code == 302
    assert sign_in(Client(), "bob@example.com", "a brand new password") == 302


def test_nothing_before_the_answer_tells_who_exists(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same questions to the database for every address; the rest is begun and not awaited."""
    begun: list[Callable[[], None]] = []
    monkeypatch.setattr(background, "begin", begun.append)
    asked = []
    for email in ("bob@example.com", "who@example.com"):
        with CaptureQueriesContext(connection) as queries:
            assert nobody.post("/sign-in/lost/", {"email": email}).status_code == 200
        asked.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in queries])
    assert asked[0] == asked[1]
    assert mail.outbox == []
    for work in begun:
        work()
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]


def test_lost_passwords_are_not_a_way_to_flood_somebody(world: World, nobody: Client) -> None:
    """Ten mails in five minutes."""
    codes = [
        nobody.post("/sign-in/lost/", {"email": "bob@example.com"}).status_code
        for _ in range(MOST_ATTEMPTS + 2)
    ]
    assert codes == [200] * MOST_ATTEMPTS + [429] * 2
    assert len(mail.outbox) == MOST_ATTEMPTS


def test_strangers_cannot_lock_the_owner_out(world: World) -> None:
    """Alice's browser has a count of its own; a new browser at her address waits."""
    hers = Client()
    assert sign_in(hers, "alice@example.com", PASSWORD) == 302
    hers.post("/sign-out/")
    guesser = Client()
    for number in range(60):
        guesser.post(
            "/sign-in/",
            {"email": "alice@example.com", "password": "guess"},
            REMOTE_ADDR=f"198.51.100.{number % 9}",
        )
    assert sign_in(guesser, "alice@example.com", PASSWORD) == 429
    assert sign_in(hers, "alice@example.com", PASSWORD) == 302


def test_guesses_at_one_account_do_not_block_another(world: World, nobody: Client) -> None:
    """From the same address."""
    for _ in range(MOST_ATTEMPTS):
        sign_in(nobody, "alice@example.com", "guess")
    assert sign_in(nobody, "alice@example.com", PASSWORD) == 429
    assert sign_in(nobody, "bob@example.com", PASSWORD) == 302


def test_the_table_of_sessions_opens_no_session(world: World, alice: Client) -> None:
    """What is stored is not what the browser sends."""
    assert alice.get("/issues/").status_code == 200
    cookie = alice.cookies[settings.SESSION_COOKIE_NAME].value
    stored = Session.objects.values_list("session_key", flat=True)
    assert cookie not in stored
    for key in stored:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        assert thief.get("/issues/").status_code == 302
    alice.post("/sign-out/")
    assert not Session.objects.filter(session_key__in=list(stored)).exists()


def test_the_first_owners_link_dies_with_an_owner(world: World, nobody: Client) -> None:
    """Whoever finds it in a log later gets nothing."""
    answer = nobody.get(f"/sign-in/link/{SignInLink.create()}/")
    assert answer.status_code == 410
    assert "has an owner" in answer.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a b", "[", "\x00", "x" * 300])
def test_pages_answer_only_to_names_that_are_known(host: str, world: World, alice: Client) -> None:
    """A malformed one, too, is a 400, on pages and API."""
    for path in ("/issues/", "/api/0/organizations/"):
        answer = alice.get(path, HTTP_HOST=host)
        assert answer.status_code == 400
        assert "VEDETTE_HOSTS" in answer.content.decode()


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "192.0.2.7:8000"])
def test_pages_answer_to_this_machine(host: str, world: World, alice: Client) -> None:
    """By localhost, and by any address: no name leads there against the owner's will."""
    assert alice.get("/issues/", HTTP_HOST=host).status_code == 200


def test_links_of_the_api_name_the_installations_address(world: World) -> None:
    """Not the host that the request names."""
    answer = bearer(world.organization).get(ISSUES, HTTP_HOST="192.0.2.7")
    assert settings.CONFIG.base_url in answer["Link"]
    assert "192.0.2.7" not in answer["Link"]


def test_every_model_has_its_migration(database: Path) -> None:
    """Nothing is left to make."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_an_encrypted_installation_is_asked_for_encrypted_only(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a year; and a plain one says nothing of it."""
    assert "Strict-Transport-Security" not in alice.get("/account/")
    encrypted = dataclasses.replace(settings.CONFIG, url="https://errors.example.com")
    monkeypatch.setattr(settings, "CONFIG", encrypted)
    answer = SecurityHeaders(lambda request: HttpResponse())(RequestFactory().get("/"))
    assert answer["Strict-Transport-Security"] == "max-age=31536000"


def test_a_change_that_was_asked_for_another_role_is_not_made(world: World) -> None:
    """An admin makes Bob an admin while an owner makes him one of theirs: the last one stays."""
    looked_at = membership(world.bob)
    people.change_role(membership(world.bob), Role.OWNER)
    people.remove_member(membership(world.alice))
    with pytest.raises(people.ChangedMeanwhileError):
        people.change_role(looked_at, Role.ADMIN)
    assert membership(world.bob).role == Role.OWNER


def test_a_promised_mail_survives_a_stop(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was begun in the pages is lost with them; the worker sends it."""
    monkeypatch.setattr(background, "begin", lambda work: None)
    nobody.post("/sign-in/lost/", {"email": "bob@example.com"})
    assert mail.outbox == []
    send_due()
    send_due()
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]


def test_a_mail_that_was_not_taken_is_tried_again(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later, not at once; and one that is being sent is sent by nobody else."""

    def refuse(message: outgoing.Message) -> None:
        send_due()
        raise outgoing.MailError("no server")

    with monkeypatch.context() as broken:
        broken.setattr(outgoing, "send", refuse)
        nobody.post("/sign-in/lost/", {"email": "bob@example.com"})
    send_due()
    assert mail.outbox == []
    monkeypatch.setattr(clock, "_offset_seconds", 120.0)
    send_due()
    assert [message.to for message in mail.outbox] == [["bob@example.com"]]


def test_changes_to_people_and_tokens_are_written_down(
    world: World, alice: Client, bob: Client
) -> None:
    """Who, what and from where, for those who manage members; others see nothing of it."""
    manage(alice, world.bob, "owner")
    manage(alice, world.bob, "member")
    alice.post("/settings/tokens/", {"name": "of CI", "scopes": ["event:read"]})
    page = alice.get("/settings/members/").content.decode()
    assert "bob@example.com: Bob is owner now." in page
    assert "made the token of CI" in page
    assert "alice@example.com · 127.0.0.1" in page
    assert "made the token" not in bob.get("/settings/members/").content.decode()


def test_a_mail_server_that_hesitates_is_asked_once_in_a_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many promised mails one waits for it; the others are tried in later turns."""
    from vedette.accounts.models import PromisedLink

    tried: list[str] = []

    def hesitate(message: outgoing.Message) -> None:
        tried.append(message.to)
        raise outgoing.MailServerError("the mail server took longer than 30 seconds")

    monkeypatch.setattr(outgoing, "send", hesitate)
    for user in (world.alice, world.bob, world.charlie):
        PromisedLink.objects.create(email=user.email)
    send_due()
    assert tried == ["alice@example.com"]
    send_due()
    assert tried == ["alice@example.com", "bob@example.com"]
    assert PromisedLink.objects.count() == 3


@pytest.mark.parametrize("what", ["owner", "admin", "remove"])
def test_who_lost_the_right_while_the_request_waited_changes_nobody(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """What counts is who somebody is when the organisation is theirs to change."""
    wait = people._lock_organizations

    def demoted_meanwhile(ids: list[int]) -> None:
        wait(ids)
        Membership.objects.filter(user=world.alice).update(role=Role.MEMBER)

    monkeypatch.setattr(people, "_lock_organizations", demoted_meanwhile)
    assert manage(alice, world.bob, what) == 403
    assert membership(world.bob).role == Role.MEMBER


def test_who_may_not_invite_any_more_makes_no_link(world: World) -> None:
    """Neither as a member, nor with a role beyond their own, nor after removal."""
    here = world.organization
    for role, offered in ((Role.MEMBER, Role.MEMBER), (Role.ADMIN, Role.OWNER)):
        Membership.objects.filter(user=world.bob).update(role=role)
        with pytest.raises(InvitationError, match="any more"):
            invite(here, "accomplice@example.com", offered, by=world.bob, is_mailed=False)
    invite(here, "friend@example.com", Role.ADMIN, by=world.bob, is_mailed=False)
    people.remove_member(membership(world.bob))
    with pytest.raises(InvitationError, match="any more"):
        invite(here, "accomplice@example.com", Role.MEMBER, by=world.bob, is_mailed=False)
    assert not here.invitations.exists()


def test_strangers_cannot_fill_a_mailbox_with_links(world: World, nobody: Client) -> None:
    """From however many places: a few in an hour, and the last of them works."""
    for number in range(2 * MOST_LINKS):
        address = f"198.51.100.{number}"
        nobody.post("/sign-in/lost/", {"email": "bob@example.com"}, REMOTE_ADDR=address)
    assert len(mail.outbox) == MOST_LINKS
    link = re.search(r"/sign-in/link/[^/]+/", str(mail.outbox[-1].body))
    assert link is not None
    assert nobody.post(link[0]).status_code == 302


def test_a_link_that_no_mail_has_carried_is_not_left_behind(
    world: World, nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt has its own."""

    def refuse(message: outgoing.Message) -> None:
        raise outgoing.MailError("no server")

    monkeypatch.setattr(outgoing, "send", refuse)
    nobody.post("/sign-in/lost/", {"email": "bob@example.com"})
    assert not SignInLink.objects.filter(user=world.bob).exists()
