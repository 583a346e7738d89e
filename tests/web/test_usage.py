"""The page of usage, and the table in which quotas are set."""

from __future__ import annotations

from django.test import Client

from tests.web.world import World
from vedette import clock
from vedette.control.choosing import choose, chosen_at
from vedette.control.places import Place
from vedette.options import groups
from vedette.options._limits import begin_of
from vedette.usage.models import Spike, Usage

QUOTAS = groups()["quotas"]
FORM = "/projects/shop/settings/quotas/"


def test_a_table_is_set_number_by_number(world: World, alice: Client) -> None:
    """What is empty is inherited, and shown; a mistake is told, and nothing is lost."""
    place = Place(organization=world.organization)
    choose(place, QUOTAS, {"limits": {"error": {"day": 77}}}, who="", via="form")
    sent = {"limits.error.month": "5,000", "limits.replay.day_mb": "20", "spike_factor": "4"}
    assert alice.post(FORM, sent).status_code == 302
    assert chosen_at(Place(project=world.shop), QUOTAS) == {
        "limits": {"error": {"month": 5000}, "replay": {"day_mb": 20}},
        "spike_factor": 4,
    }
    page = alice.get(FORM).content.decode()
    assert 'name="limits.error.month" value="5000"' in page
    assert 'name="limits.error.day" value="" placeholder="77"' in page
    assert "budgets" not in page
    answer = alice.post(FORM, {"limits.error.month": "many"})
    assert answer.status_code == 400
    assert 'value="many"' in answer.content.decode()


def test_limits_of_all_together_are_set_above_projects(world: World, alice: Client) -> None:
    """And nobody inherits them."""
    address = f"/settings/organizations/{world.organization.slug}/quotas/"
    alice.post(address, {"budgets.error.month": "100"})
    assert chosen_at(Place(organization=world.organization), QUOTAS) == {
        "budgets": {"error": {"month": 100}}
    }
    assert alice.post(FORM, {"budgets.error.month": "100"}).status_code == 302
    assert chosen_at(Place(project=world.shop), QUOTAS) == {}
    page = alice.get("/settings/installation/quotas/").content.decode()
    assert 'name="budgets.error.month" value="" placeholder="–"' in page


def test_the_page_says_what_is_used_and_how_it_goes_on(world: World, alice: Client) -> None:
    """Per budget, with a link to where it is set."""
    choose(
        Place(project=world.shop), QUOTAS, {"limits": {"error": {"month": 200}}}, who="", via="f"
    )
    begins = begin_of("month", clock.timestamp())
    Usage.objects.filter(project=world.shop).delete()
    Usage.objects.create(
        project=world.shop, category="error", span="month", begins=begins, quantity=190
    )
    hour = begin_of("hour", clock.timestamp())
    Usage.objects.create(
        project=world.shop, category="error", span="hour", begins=hour - 3600, quantity=90
    )
    page = alice.get("/usage/").content.decode()
    assert "190 of 200 a month" in page
    assert "95 %" in page
    assert "at this rate it " in page
    assert f"/settings/organizations/{world.organization.slug}/quotas/" in page


def test_sums_of_others_projects_are_for_owners(
    world: World, alice: Client, bob: Client, charlie: Client
) -> None:
    """A budget of the organisation tells of all its projects."""
    place = Place(organization=world.organization)
    choose(place, QUOTAS, {"budgets": {"error": {"month": 54321}}}, who="", via="form")
    assert "54,321 a month" in alice.get("/usage/").content.decode()
    assert "54,321 a month" not in bob.get("/usage/").content.decode()
    assert "54,321 a month" not in charlie.get("/usage/").content.decode()


def test_a_burst_is_said_on_every_page_of_its_project(
    world: World, alice: Client, charlie: Client
) -> None:
    """While it goes on; to those who may see the project."""
    now = clock.now()
    spike = Spike.objects.create(project=world.shop, began_at=now, last_at=now, cut=4321)
    for address in ("/issues/", "/usage/", "/projects/shop/settings/quotas/"):
        assert "a burst of errors is cut" in alice.get(address).content.decode(), address
    assert "a burst of errors is cut" not in charlie.get("/usage/").content.decode()
    assert "a burst of errors is cut" not in alice.get("/issues/?project=web").content.decode()
    spike.ended_at = now
    spike.save()
    page = alice.get("/usage/").content.decode()
    assert "a burst of errors is cut" not in page
    assert "4,321" in page
