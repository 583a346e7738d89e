"""What people may not do to one another, and to what is another organisation's."""

from __future__ import annotations

import itertools

import pytest
from django.test import Client

from tests.web.test_pages_contract import attachment_id
from tests.web.walk import bearer, make_scene
from tests.web.world import World
from vedette.access.loading import access_by_token, access_of
from vedette.accounts.models import ApiToken, Membership
from vedette.store.asker import group_of

DEEDS = ("owner", "admin", "member", "remove", "all", "activate", "deactivate")


def state() -> list[dict[str, object]]:
    """Who is what, and who may come in."""
    fields = ("user__email", "user__is_active", "organization", "role", "sees_all")
    return list(Membership.objects.order_by("pk").values(*fields))


@pytest.mark.parametrize("role", ["member", "admin"])
def test_nobody_rises_above_what_they_are(
    role: str,
    world: World,
    bob: Client,
) -> None:
    """A member changes nobody; an admin neither owners nor makes one, himself least (SEC-60)."""
    own = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=own.pk).update(role=role)
    owner = Membership.objects.get(user=world.alice)
    before = state()
    for deed in DEEDS:
        bob.post(f"/settings/members/{owner.pk}/", {"do": deed})
    assert state() == before
    assert bob.post(f"/settings/members/{own.pk}/", {"do": "owner"}).status_code == 403
    assert state() == before
    if role == "member":
        for deed in DEEDS:
            assert bob.post(f"/settings/members/{own.pk}/", {"do": deed}).status_code == 403
        assert state() == before


def test_the_last_owner_stays(world: World, alice: Client) -> None:
    """She can neither leave nor step down, nor shut herself out (SEC-60)."""
    owner = Membership.objects.get(user=world.alice)
    before = state()
    for deed in ("admin", "member", "remove", "deactivate"):
        alice.post(f"/settings/members/{owner.pk}/", {"do": deed})
        assert state() == before, deed
    assert alice.get("/issues/").status_code == 200


def test_an_owner_elsewhere_is_nobody_here(world: World, charlie: Client) -> None:
    """Charlie owns another organisation (SEC-60)."""
    make_scene(world)
    before = state()
    members = Membership.objects.filter(organization=world.organization)
    for membership, deed in itertools.product(members, DEEDS):
        answer = charlie.post(f"/settings/members/{membership.pk}/", {"do": deed})
        assert answer.status_code in (403, 404)
    form = {"email": "charlie@example.com", "role": "owner"}
    address = f"/settings/members/invitations/{world.organization.slug}/"
    assert charlie.post(address, form).status_code in (403, 404)
    assert state() == before


def test_a_file_of_another_organisation_is_not_there(
    world: World,
    charlie: Client,
) -> None:
    """By its id below an event, an issue or a project of one's own, or of theirs (SEC-63)."""
    scene = make_scene(world)
    file, event = attachment_id(world), "latest"
    issue = world.issues["checkout"].pk
    token = bearer(scene.other, world.charlie)
    own = scene.other.projects.get().slug
    theirs = f"{world.organization.slug}/{world.shop.pk}"
    addresses = [
        f"/issues/{issue}/events/{event}/attachments/{file}/",
        f"/api/0/projects/{theirs}/events/{event}/attachments/{file}/",
        f"/api/0/projects/{scene.other.slug}/{own}/events/{event}/attachments/{file}/?download=1",
        f"/api/0/projects/{scene.other.slug}/{own}/events/{'a' * 32}/attachments/{file}/",
    ]
    for address in addresses:
        for client in (charlie, token):
            assert client.get(address).status_code in (302, 401, 404), address


def test_people_and_tokens_of_an_organisation_share_its_turns(world: World) -> None:
    """However many accounts it has, the store knows whose they are."""
    home = f"organization {world.organization.pk}"
    token = access_by_token(ApiToken.create(world.organization))
    assert token is not None
    names = [access_of(world.alice).asker, access_of(world.bob).asker, token.asker]
    assert {group_of(name) for name in names} == {home}
    assert len(set(names)) == len(names)
