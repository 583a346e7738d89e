"""The page from which what is stored is scrubbed."""

from __future__ import annotations

from django.test import Client

from tests.web.world import World
from vedette.storage.models import Rescrub

PAGE = "/projects/shop/scrub-stored/"


def test_it_is_looked_for_then_confirmed(world: World, alice: Client) -> None:
    """Nothing is removed that was not found and confirmed; each state is said."""
    assert "Nothing was looked through yet" in alice.get(PAGE).content.decode()
    alice.post(PAGE, {"do": "remove"})
    assert not Rescrub.objects.exists()
    alice.post(PAGE, {"do": "look"})
    one = Rescrub.objects.get()
    assert (one.state, one.project, one.by) == ("looking", world.shop, world.alice.email)
    assert "Being looked through" in alice.get(PAGE).content.decode()
    alice.post(PAGE, {"do": "remove"})
    one.refresh_from_db()
    assert one.state == "looking"
    rows = {"errors": 3, "kept_items": 1}
    Rescrub.objects.update(state="found", rows=rows, found={"mask email": 4, "": 1}, looked=12)
    page = alice.get(PAGE).content.decode()
    assert "4 rows of 12 hold what the present rules would remove" in page
    assert "<code>mask email</code>" in page
    assert "Kept items" in page
    alice.post(PAGE, {"do": "remove"})
    one.refresh_from_db()
    assert one.state == "removing"
    alice.post(PAGE, {"do": "look"})
    assert Rescrub.objects.count() == 1
    assert "Being removed" in alice.get(PAGE).content.decode()


def test_only_who_administers_the_project_may(bob: Client, charlie: Client) -> None:
    """Neither to look nor to remove."""
    assert bob.get(PAGE).status_code in (403, 404)
    assert bob.post(PAGE, {"do": "look"}).status_code in (403, 404)
    assert charlie.post(PAGE, {"do": "look"}).status_code in (403, 404)
    assert not Rescrub.objects.exists()


def test_the_rules_lead_to_it(alice: Client) -> None:
    """From the settings of a project."""
    assert PAGE in alice.get("/projects/shop/settings/scrubbing/").content.decode()
