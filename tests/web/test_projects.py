"""Projects: creation, first event, keys, settings, and who may change them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.world import World
from vedette import clock
from vedette.control.choosing import choose, chosen_at
from vedette.control.places import Place
from vedette.issues.models import Issue
from vedette.options import groups
from vedette.projects.models import ProjectKey
from vedette.projects.snippets import Snippet, make_snippets
from vedette.web.api.event_shapes import key_shape


def test_one_screen_makes_a_project_and_shows_its_dsn(world: World, alice: Client) -> None:
    """Name and platform in, DSN and the platform's snippet out."""
    answer = alice.post("/projects/new/", {"name": "Billing API", "platform": "go"}, follow=True)
    body = answer.content.decode()
    key = ProjectKey.objects.get(project__slug="billing-api")
    assert key.public_key in body
    assert "sentry-go" in body
    assert "Waiting for the first event" in body


def test_a_project_without_a_name_is_not_made(world: World, alice: Client) -> None:
    """The form says what is missing and keeps the rest."""
    answer = alice.post("/projects/new/", {"name": " ", "platform": "ruby"})
    assert answer.status_code == 400
    assert 'value="ruby" checked' in answer.content.decode()


def test_only_owners_and_admins_change_projects(world: World, bob: Client) -> None:
    """Bob reads the settings; every change of his is refused."""
    body = bob.get("/projects/shop/settings/").content.decode()
    assert "disabled" in body
    assert "Create key" not in body
    for path in ("new/", "shop/settings/", "shop/keys/", f"shop/keys/{world.key.pk}/"):
        assert bob.post(f"/projects/{path}", {"name": "x", "active": "no"}).status_code == 403
    world.key.refresh_from_db()
    assert world.key.is_active


def test_the_start_page_turns_into_the_issue(world: World, alice: Client) -> None:
    """The poll answers with a redirect once there is an issue, and waits until then."""
    arrived = alice.get("/projects/shop/arrival/")
    assert (arrived.status_code, arrived["HX-Redirect"][:8]) == (204, "/issues/")
    Issue.objects.filter(project=world.shop).delete()
    assert "Waiting" in alice.get("/projects/shop/arrival/").content.decode()


@pytest.mark.parametrize("made", make_snippets("https://k@h/1"), ids=lambda made: made.platform)
def test_every_platform_has_a_snippet_with_the_address(
    made: Snippet, world: World, alice: Client
) -> None:
    """The tabs work as plain links."""
    body = alice.get(f"/projects/shop/start/?platform={made.platform}").content.decode()
    assert world.key.public_key in body[body.index('id="code"') :]


def test_the_curl_snippet_names_the_store_endpoint() -> None:
    """Also under a path prefix."""
    curl = make_snippets("https://key@host/prefix/7")[-1].code
    assert "https://host/prefix/api/7/store/?sentry_key=key" in curl


def test_keys_are_made_limited_and_disabled(world: World, alice: Client) -> None:
    """A disabled key leaves no DSN to paste when it was the only one."""
    alice.post("/projects/shop/keys/", {"label": "Staging"})
    staging = ProjectKey.objects.get(label="Staging")
    alice.post(f"/projects/shop/keys/{staging.pk}/", {"label": "CI"})
    staging.refresh_from_db()
    assert (staging.label, staging.works_until, staging.is_active) == ("CI", 0, True)
    for key in (staging, world.key):
        alice.post(f"/projects/shop/keys/{key.pk}/", {"label": "x", "active": "no"})
    assert "No active key" in alice.get("/projects/shop/start/").content.decode()


def test_a_key_of_another_project_is_not_found(world: World, alice: Client) -> None:
    """The path's project must own the key."""
    assert alice.post(f"/projects/web/keys/{world.key.pk}/", {"active": "no"}).status_code == 404


def test_settings_are_saved(world: World, alice: Client) -> None:
    """What it is called."""
    alice.post("/projects/shop/settings/", {"name": "Shop 2"})
    world.shop.refresh_from_db()
    assert world.shop.name == "Shop 2"


def test_a_key_is_rotated(world: World, alice: Client) -> None:
    """A new one has its name and limits; the old one works for the days that were said."""
    intake = groups()["intake"]
    choose(Place(key=world.key), intake, {"events_per_minute": 7}, who="a", via="form")
    alice.post(f"/projects/shop/keys/{world.key.pk}/", {"days": "3"})
    world.key.refresh_from_db()
    new = world.shop.keys.latest("pk")
    assert (new.label, world.key.label) == ("Default", "Default, old")
    assert abs(world.key.works_until - clock.timestamp() - 3 * 86_400) < 60
    assert chosen_at(Place(key=new), intake) == {"events_per_minute": 7}
    page = alice.get("/projects/shop/settings/").content.decode()
    assert "works until" in page
    alice.post(f"/projects/shop/keys/{world.key.pk}/", {"label": "Old", "keep": "yes"})
    world.key.refresh_from_db()
    assert (world.key.label, world.key.works_until) == ("Old", 0)


def test_a_key_has_limits_of_its_own(world: World, alice: Client) -> None:
    """Beside what it inherits of its project; the API says what holds."""
    address = f"/projects/shop/keys/{world.key.pk}/settings/intake/"
    place = Place(project=world.shop)
    choose(place, groups()["intake"], {"events_per_minute": 60}, who="a", via="form")
    assert 'placeholder="60"' in alice.get(address).content.decode()
    alice.post(address, {"events_per_minute": "5", "networks": "10.0.0.0/8", "kinds": "error"})
    assert chosen_at(Place(key=world.key), groups()["intake"]) == {
        "events_per_minute": 5,
        "networks": ["10.0.0.0/8"],
        "kinds": ["error"],
    }
    wrong = alice.post(address, {"networks": "10.0.0.1/8", "kinds": "errors"})
    assert wrong.status_code == 400
    assert "10.0.0.1/8 is no network" in wrong.content.decode()
    (shape,) = key_shape(world.shop, "http://x")
    assert shape["rateLimit"] == {"window": 60, "count": 5}
