"""The page of a project's source maps, and what the page of an issue says of its frames."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.artifacts.bundling import DEBUG_ID, FILES, bundle, upload
from tests.artifacts.conftest import folder, token
from tests.artifacts.reading import APP, FRAME, Reader, event
from tests.web.world import World
from vedette.accounts.models import AuditEntry
from vedette.artifacts.models import Bundle
from vedette.blobs.packed import PackedFolder
from vedette.projects.models import Project

__all__ = ["folder", "token"]
PAGE = "/projects/shop/source-maps/"


@pytest.fixture
def reader(world: World, folder: PackedFolder) -> Reader:  # noqa: F811
    """Events of the shop."""
    return Reader(world, folder)


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def _issue_page(reader: Reader) -> str:
    return f"/issues/{reader.issue().pk}/"


def test_an_empty_page_says_what_to_do(world: World, alice: Client) -> None:
    """The commands, for this project."""
    text = _text(alice, PAGE)
    assert "sentry-cli sourcemaps inject" in text
    assert "--project shop" in text


def test_the_page_shows_bundles_and_what_is_readable(
    token: Client,  # noqa: F811
    reader: Reader,
    alice: Client,
) -> None:
    """By release and by bundle, with what is wrong with the others; then each file."""
    upload(token, bundle(), version="shop@1.0")
    for _ in range(3):
        reader.send(event(debug_id=DEBUG_ID, release="shop@1.0"))
    reader.send(event({**FRAME, "abs_path": f"{APP}.other.js"}, release="shop@1.0"))
    text = _text(alice, PAGE)
    assert "75 % of 4 frames readable" in text
    assert "no debug id 1" in text
    assert "1 script, 1 map" in text
    held = Bundle.objects.get()
    files = _text(alice, f"{PAGE}{held.pk}/")
    assert "~/assets/app.js.map" in files
    assert DEBUG_ID in files


def test_a_bundle_is_deleted_from_its_project_alone(
    token: Client,  # noqa: F811
    alice: Client,
) -> None:
    """It goes for good with the last project; a stranger to the project cannot delete it."""
    upload(token, bundle(), projects=["shop", "web"])
    held = Bundle.objects.get()
    for slug, left in (("shop", 1), ("web", 0)):
        answer = alice.post(f"/projects/{slug}/source-maps/{held.pk}/removal/", follow=True)
        assert "deleted" in answer.content.decode()
        assert Bundle.objects.count() == left
    assert alice.get(f"{PAGE}{held.pk}/").status_code == 404
    assert "deleted bundle" in str(list(AuditEntry.objects.values_list("what", flat=True)))


def test_fetching_is_off_until_an_admin_allows_it(world: World, alice: Client, bob: Client) -> None:
    """A member may not."""
    assert bob.post(PAGE, {"fetches": "on"}).status_code == 403
    assert not Project.objects.get(slug="shop").fetches_source_maps
    alice.post(PAGE, {"fetches": "on"})
    assert Project.objects.get(slug="shop").fetches_source_maps


def test_the_issue_shows_the_source_and_how_it_was_found(
    token: Client,  # noqa: F811
    reader: Reader,
    alice: Client,
) -> None:
    """The original line; the minified frame beside it on demand."""
    upload(token, bundle())
    reader.send(event(debug_id=DEBUG_ID))
    text = _text(alice, _issue_page(reader))
    assert "src/till.ts:2:9" in text
    assert "found by its debug id" in text
    assert f"{APP}:1:27" in text
    minified = _text(alice, _issue_page(reader) + "?frames=minified")
    assert "app.js:1:27" in minified
    assert "src/till.ts:2:9" not in minified


def test_the_issue_says_what_is_wrong_with_a_frame(
    token: Client,  # noqa: F811
    reader: Reader,
    alice: Client,
) -> None:
    """In a few words on the frame, and what to do when it is opened."""
    upload(token, bundle({name: FILES[name] for name in list(FILES)[:1]}))
    reader.send(event(debug_id=DEBUG_ID))
    text = _text(alice, _issue_page(reader))
    assert "map missing in bundle" in text
    assert "The script was uploaded without its map." in text
    assert "Not read: 1 frame, map missing in bundle." in text
    assert "frames=minified" not in text


def test_a_minified_event_of_a_project_without_maps_leads_to_the_page(
    reader: Reader, alice: Client
) -> None:
    """Nobody has to know the word for it."""
    reader.send(event(debug_id=DEBUG_ID))
    text = _text(alice, _issue_page(reader))
    assert "These frames are of minified scripts" in text
    assert f"/projects/{reader.world.shop.pk}/source-maps/" in text


@pytest.mark.parametrize("data", [7, [], {"source_map": 7}, {"source_map": {"verdict": "x"}}])
def test_what_a_client_sends_in_our_place_is_no_verdict(
    reader: Reader, alice: Client, data: object
) -> None:
    """Hostile frames are shown as any other."""
    sent = event({**FRAME, "data": data})
    sent["exception"]["values"][0]["raw_stacktrace"] = data
    reader.send(sent)
    assert alice.get(_issue_page(reader)).status_code == 200
    assert alice.get(_issue_page(reader) + "?frames=minified").status_code == 200
