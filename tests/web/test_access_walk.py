"""Every page and API route as found, for everybody: Alice's is Alice's, and nobody else's."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from tests.web.walk import (
    API_PATTERNS,
    PAGE_ROUTES,
    Scene,
    api_address,
    bearer,
    make_scene,
    names_something,
    page_address,
    text_of,
)
from tests.web.world import World, set_behind_pages, standing_world
from vedette.access.actions import READING
from vedette.access.scopes import allowed_by
from vedette.accounts.models import ApiToken
from vedette.web.routing import Open, Route

pages = pytest.mark.parametrize("route", PAGE_ROUTES, ids=lambda route: route.name)
resources = pytest.mark.parametrize("route", API_PATTERNS, ids=lambda route: str(route.pattern))


@pytest.fixture(scope="module")
def standing(database: Path) -> Iterator[Scene]:
    """Alice owns, Bob sees only the other project, Charlie owns another organisation."""
    with standing_world() as world:
        ApiToken.create(world.organization, user=world.alice, name="of Alice")
        yield make_scene(world)


@pytest.fixture
def world(standing: Scene, rollback: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Made once for all tests, of which each begins from it again."""
    set_behind_pages(standing.world, monkeypatch)
    return standing.world


@pytest.fixture
def scene(standing: Scene, world: World) -> Scene:
    """As it stands at the begin of every test."""
    return standing


def assert_nothing_of_alice(scene: Scene, answer: Any) -> None:
    """The answer is no failure and tells nothing."""
    assert answer.status_code < 500
    text = text_of(answer)
    assert [word for word in scene.secrets if word in text] == []


@pages
def test_alice_gets_every_page(route: Route, scene: Scene, alice: Client) -> None:
    """The address is a good one, so that a refusal to others means something."""
    answer = alice.get(page_address(route, scene.known))
    assert answer.status_code in (200, 204, 302, 405, 410) or route.name == "sign-in-provider"


@pages
@pytest.mark.parametrize("who", ["bob", "charlie"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_get_nothing_of_alice_from_a_page(
    route: Route, method: str, who: str, scene: Scene, request: pytest.FixtureRequest
) -> None:
    """Not Bob, who is no member of the project, nor Charlie; nothing is changed either."""
    client: Client = request.getfixturevalue(who)
    address = page_address(route, scene.known)
    before = scene.state()
    answer = getattr(client, method)(address)
    assert_nothing_of_alice(scene, answer)
    if names_something(route) and not isinstance(route.action, Open):
        assert answer.status_code in (403, 404)
    assert scene.state() == before


@pages
@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_the_filter_names_no_foreign_project(
    route: Route, who: str, scene: Scene, request: pytest.FixtureRequest
) -> None:
    """No page can be pointed at it by `project=`."""
    client: Client = request.getfixturevalue(who)
    answer = client.get(page_address(route, scene.known), {"project": scene.world.shop.pk})
    assert_nothing_of_alice(scene, answer)
    if not isinstance(route.action, Open):
        assert answer.status_code in (403, 404)


@pages
def test_a_stranger_gets_no_page(route: Route, scene: Scene, nobody: Client) -> None:
    """But those that are open to all."""
    before = scene.state()
    for method in (nobody.get, nobody.post):
        answer = method(page_address(route, scene.known))
        assert_nothing_of_alice(scene, answer)
        if route.action is not Open.TO_ALL:
            assert answer.status_code == 302
            assert answer["Location"].startswith("/sign-in/")
    assert scene.state() == before


@resources
def test_alice_and_her_token_get_every_resource(
    route: URLPattern, scene: Scene, alice: Client
) -> None:
    """Her session reads; a token of hers with the scopes does what the route offers."""
    address = api_address(route, scene.known)
    about = getattr(route.callback, "endpoint", None)
    is_read = about is None or "GET" in about.actions
    for client in (alice, bearer(scene.world.organization, scene.world.alice)):
        assert client.get(address).status_code == (200 if is_read else 405)
        gc.collect()  # a download has its turn until its answer is gone


@resources
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_others_get_nothing_of_alice_from_the_api(
    route: URLPattern, method: str, scene: Scene, bob: Client, charlie: Client, nobody: Client
) -> None:
    """Sessions and tokens, of people and of the other organisation; strangers get 401."""
    world = scene.world
    callers = {
        "Bob": bob,
        "Bob's token": bearer(world.organization, world.bob),
        "Charlie": charlie,
        "Charlie's token": bearer(scene.other, world.charlie),
        "the other organisation": bearer(scene.other),
        "Charlie as if he were a member": bearer(world.organization, world.charlie),
        "a stranger": nobody,
        "an invented token": Client(headers={"Authorization": "Bearer sntryu_" + "0" * 64}),
    }
    before = scene.state()
    for name, client in callers.items():
        kind = {"content_type": "application/json"} if method != "get" else {}
        answer = getattr(client, method)(api_address(route, scene.known), **kind)
        assert_nothing_of_alice(scene, answer)
        about = route.callback.endpoint.actions  # type: ignore[attr-defined]
        if method.upper() in about and about[method.upper()] and name[0] in "aA":
            assert answer.status_code == 401, name
    assert scene.state() == before


@resources
def test_a_token_does_only_what_its_scopes_say(route: URLPattern, scene: Scene) -> None:
    """One scope at a time, against every method: 403 for lack of it, and then nothing is told."""
    world = scene.world
    for scope in ("org:read", "project:read", "event:read", "alerts:read", "project:releases"):
        client = bearer(world.organization, world.alice, [scope])
        for method, action in route.callback.endpoint.actions.items():  # type: ignore[attr-defined]
            if action is None or action in allowed_by([scope]):
                continue
            answer = client.generic(method, api_address(route, scene.known))
            assert answer.status_code == 403
            assert_nothing_of_alice(scene, answer)


@resources
def test_a_session_changes_nothing(route: URLPattern, scene: Scene, alice: Client) -> None:
    """Any site can make a browser send a request; only a token is proof of intent."""
    before = scene.state()
    for method, action in route.callback.endpoint.actions.items():  # type: ignore[attr-defined]
        if action is not None and action not in READING:
            assert alice.generic(method, api_address(route, scene.known)).status_code == 403
    assert scene.state() == before
