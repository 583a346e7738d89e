"""Organisations with thousands of members and tokens: lists in pages, forms that fit."""

from __future__ import annotations

import re

from django.test import Client

from tests.web.world import World
from vedette.accounts.models import ApiToken, Membership, User
from vedette.accounts.roles import Role
from vedette.web.paging import listed

MANY = 1100  # more than a form may have fields
MEMBERS = "/settings/members/"
SETTINGS = "/projects/shop/settings/"


def test_members_come_in_pages_and_are_found_by_name(world: World, alice: Client) -> None:
    """Each is on one page; a search finds one among all, by name or address."""
    _add_members(world)
    seen = _walk(alice, MEMBERS, r"person-\d+@example.com")
    assert len(seen) == len(set(seen)) == MANY
    found = alice.get(MEMBERS, {"query": "on-0777@"}).content.decode()
    assert set(re.findall(r"person-\d+@", found)) == {"person-0777@"}
    assert "alice@example.com" in alice.get(MEMBERS, {"query": "ALICE"}).content.decode()
    assert "No member" in alice.get(MEMBERS, {"query": "nobody at all"}).content.decode()


def test_a_change_leads_back_to_the_page_it_was_made_on(world: World, alice: Client) -> None:
    """With the search, but never to another site."""
    _add_members(world, 1)
    held = Membership.objects.get(user__email="person-0000@example.com")
    here = f"{MEMBERS}?query=person&cursor=o:0"
    page = alice.get(here).content.decode()
    back = f"{MEMBERS}?query=person&cursor=o%3A0"
    assert f'name="next" value="{back.replace("&", "&amp;")}"' in page
    form = {"do": "admin", "next": back}
    assert alice.post(f"{MEMBERS}{held.pk}/", form)["Location"] == back
    form = {"do": "member", "next": "//evil.example"}
    assert alice.post(f"{MEMBERS}{held.pk}/", form)["Location"] == MEMBERS


def test_tokens_come_in_pages(world: World, alice: Client) -> None:
    """Those of an organisation with many, each once."""
    for number in range(120):
        ApiToken.create(world.organization, name=f"token-{number:04}")
    seen = _walk(alice, "/settings/tokens/", r"token-\d{4}")
    assert len(seen) == len(set(seen)) == 120


def test_who_sees_a_project_is_chosen_among_any_number(world: World, alice: Client) -> None:
    """A page's form is taken, and changes those alone whom it has listed."""
    _add_members(world)
    page = alice.get(SETTINGS, {"cursor": "o:50"}).content.decode()
    fields = re.findall(r'name="listed" value="(\d+)"', page)
    assert len(fields) == 50
    form = {"form": "members", "listed": fields, "member": fields[1:]}
    assert alice.post(SETTINGS, form).status_code == 302
    limited = Membership.objects.filter(sees_all=False)
    assert [str(held.pk) for held in limited] == fields[:1]
    late = User.objects.create_user("late@example.com")
    Membership.objects.create(organization=world.organization, user=late)
    alice.post(SETTINGS, form)
    assert Membership.objects.get(user=late).sees_all
    found = alice.get(SETTINGS, {"who": "person-0777"}).content.decode()
    assert len(re.findall(r'name="listed"', found)) == 1


def test_a_list_has_as_many_rows_as_are_asked_for(world: World) -> None:
    """And says what lies beside them."""
    from django.test import RequestFactory

    _add_members(world, 5)
    found = User.objects.filter(email__startswith="person-").order_by("email")
    asked = RequestFactory().get("/", {"cursor": "o:2"})
    page = listed(asked, found, most=2)
    assert [user.email[7:11] for user in page.rows] == ["0002", "0003"]
    assert (page.previous_cursor, page.next_cursor) == ("o:0", "o:4")
    last = listed(RequestFactory().get("/", {"cursor": "o:4"}), found, most=2)
    assert (len(last.rows), last.next_cursor) == (1, None)


def _add_members(world: World, number: int = MANY) -> None:
    addresses = [f"person-{index:04}@example.com" for index in range(number)]
    User.objects.bulk_create(User(email=address, password="!") for address in addresses)
    people = User.objects.filter(email__startswith="person-").order_by("email")
    Membership.objects.bulk_create(
        Membership(organization=world.organization, user=user, role=Role.MEMBER) for user in people
    )


def _walk(client: Client, address: str, pattern: str) -> list[str]:
    """What the pages of a list show, from the first to the last by their links."""
    seen: list[str] = []
    following: str | None = address
    while following:
        page = client.get(following).content.decode()
        assert len(page) < 200_000
        seen += dict.fromkeys(re.findall(pattern, page))
        found = re.search(r'href="([^"]+)" rel="next"', page)
        following = found[1].replace("&amp;", "&") if found else None
    return seen
