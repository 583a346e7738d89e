"""Inbound filters as people see, try and set them, on the page and over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.walk import bearer
from tests.web.world import World
from vedette.config import Config
from vedette.control.choosing import choose, chosen_at
from vedette.control.for_pipeline import load_settings
from vedette.control.places import Place
from vedette.filters import filters
from vedette.options import groups

FILTERS = groups()["filters"]
PAGE = "/projects/shop/settings/filters/"
API = "/api/0/projects/lantern/shop/filters/"
PREVIEW = "/api/0/projects/lantern/shop/filters-preview/"
JSON = "application/json"


@pytest.fixture
def token(world: World) -> Client:
    """A client with a token of Alice, who owns the organisation."""
    return bearer(world.organization, world.alice, ["project:read", "project:write"])


def test_a_preview_is_shown_and_nothing_saved(world: World, alice: Client) -> None:
    """With how many, samples that lead to their events, and what was typed."""
    answer = alice.post(PAGE, {"error_messages": "*the gateway*", "preview": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "In the last 24 hours these filters would have dropped 3 of" in page
    assert f"/issues/{world.issues['checkout'].pk}/events/" in page
    assert ">*the gateway*</textarea>" in page
    assert chosen_at(Place(project=world.shop), FILTERS) == {}


@pytest.mark.parametrize("place", ["organizations/lantern", "installation"])
def test_owners_try_filters_for_all_projects(world: World, alice: Client, place: str) -> None:
    """Over everything of all of them that they may see."""
    address = f"/settings/{place}/filters/"
    assert alice.get(address).status_code == 200
    sent = {"error_messages": "*the gateway*\nTypeError: *'price'*", "preview": "1"}
    page = alice.post(address, sent).content.decode()
    assert "these filters would have dropped 6 of" in page
    assert chosen_at(Place(organization=world.organization), FILTERS) == {}


def test_what_is_saved_reaches_the_pipeline(world: World, alice: Client) -> None:
    """A project adds to the lists of its organisation, and decides its switches itself."""
    place = Place(organization=world.organization)
    choose(place, FILTERS, {"localhost": True, "environments": ["dev"]}, who="a", via="form")
    alice.post(PAGE, {"localhost": "off", "environments": "ci-*", "web_crawlers": "on"})
    settings = load_settings(Config())
    assert settings[world.shop.pk].filters == (
        '{"environments":["dev","ci-*"],"web_crawlers":true}'
    )
    assert settings[world.web.pk].filters == '{"environments":["dev"],"localhost":true}'


def test_what_nobody_set_costs_the_pipeline_nothing(world: World) -> None:
    """There is nothing to ask."""
    assert load_settings(Config())[world.shop.pk].filters == ""


def test_what_a_filter_dropped_stands_beside_it(world: World, alice: Client) -> None:
    """Of this project; and the page of outcomes calls it by its title."""
    world.stage.count(world.shop, "filtered", 1400, reason="web-crawlers")
    world.stage.count(world.shop, "filtered", 7, reason="search:noise")
    world.stage.count(world.web, "filtered", 5000, reason="web-crawlers")
    page = alice.get(PAGE).content.decode()
    assert "Dropped 1,400 in 24 hours, 200 a day in the last week." in page
    assert "Dropped 7 in 24 hours, 1 a day in the last week." in page
    outcomes = alice.get("/outcomes/").content.decode()
    assert ">Web crawlers</span>" in outcomes
    assert ">Own rules: noise</span>" in outcomes


@pytest.mark.parametrize(
    ("option", "typed", "words"),
    [
        ("ip_addresses", "192.0.2.999", "is an address or a range"),
        ("client_errors", "40", "is a status such as 404"),
        ("legacy_versions", "Safari", "the first version that is not too old"),
        ("releases", "*", "a pattern of wildcards alone would drop everything"),
        ("error_messages", "a*" * 11, "has at most 10 wildcards"),
        ("expected_errors", "tag a", "a tag is written as tag KEY=VALUE"),
        ("searches", "no search", "is written as NAME: SEARCH"),
        ("searches", "a: (level:error", "close"),
        ("searches", "a: timestamp:-24h", "leave the time out"),
        ("searches", "a: *", "a search for everything would drop everything"),
    ],
)
def test_a_mistake_is_told_beside_its_field(
    world: World, alice: Client, option: str, typed: str, words: str
) -> None:
    """Whether it is tried or saved."""
    for button in ({}, {"preview": "1"}):
        answer = alice.post(PAGE, {option: typed, **button})
        assert answer.status_code == 400
        assert words in answer.content.decode()


def test_members_cannot_try_what_they_cannot_set(world: World, bob: Client) -> None:
    """They see what holds."""
    page = bob.get(PAGE)
    assert page.status_code == 200
    assert 'name="preview"' not in page.content.decode()
    assert bob.post(PAGE, {"localhost": "on", "preview": "1"}).status_code == 403


def test_filters_are_listed_in_sentry_s_shape(world: World, token: Client) -> None:
    """By Sentry's ids, with what holds and from where."""
    held = {one["id"]: one for one in token.get(API).json()}
    assert set(held) == set(filters())
    sentry = {"browser-extensions", "legacy-browsers", "localhost", "web-crawlers"}
    assert sentry | {"filtered-transaction"} <= set(held)
    assert held["localhost"]["active"] is False
    assert held["localhost"]["options"] == {"localhost": {"value": False, "from": "built in"}}


@pytest.mark.parametrize(
    ("name", "body", "chosen"),
    [
        ("localhost", {"active": True}, {"localhost": True}),
        ("error-message", {"subfilters": ["*the gateway*"]}, {"error_messages": ["*the gateway*"]}),
        ("error-message", {"active": False}, {"error_messages": []}),
        (
            "legacy-browsers",
            {"active": True, "subfilters": ["Safari 15"]},
            {"legacy_browsers": True, "legacy_versions": ["Safari 15"]},
        ),
        ("repeat-offender", {"options": {"offender_limit": 9}}, {"offender_limit": 9}),
        ("repeat-offender", {"options": {"offender_limit": None}}, {}),
    ],
)
def test_a_filter_is_set_over_the_api(
    world: World, token: Client, name: str, body: dict[str, Any], chosen: dict[str, Any]
) -> None:
    """For the project; what is null is inherited, other filters stay."""
    place = Place(project=world.shop)
    choose(place, FILTERS, {"web_crawlers": True}, who="a", via="form")
    answer = token.put(f"{API}{name}/", body, JSON)
    assert answer.status_code == 200
    assert chosen_at(place, FILTERS) == {"web_crawlers": True, **chosen}
    assert answer.json() == token.get(f"{API}{name}/").json()


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("nothing", {"active": True}, 404),
        ("error-message", {"active": True}, 400),
        ("localhost", {"subfilters": ["a"]}, 400),
        ("localhost", {"options": {"web_crawlers": True}}, 400),
        ("ip-address", {"subfilters": ["nowhere"]}, 400),
        ("localhost", {"options": {"localhost": "yes"}}, 400),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(
    world: World, token: Client, name: str, body: dict[str, Any], status: int
) -> None:
    """And changes nothing."""
    answer = token.put(f"{API}{name}/", body, JSON)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert chosen_at(Place(project=world.shop), FILTERS) == {}


def test_a_preview_over_the_api(world: World, token: Client) -> None:
    """By reason and kind, with samples; nothing is changed."""
    found = token.post(PREVIEW, {"options": {"error_messages": ["*the gateway*"]}}, JSON).json()
    assert found["isWhole"]
    (only,) = found["dropped"]
    assert (only["reason"], only["byKind"]) == ("error-message", {"event": 3})
    assert {one["groupID"] for one in only["samples"]} == {str(world.issues["checkout"].pk)}
    assert token.post(PREVIEW, {"options": {"releases": ["*"]}}, JSON).status_code == 400
    assert chosen_at(Place(project=world.shop), FILTERS) == {}
