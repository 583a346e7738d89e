"""Forms of status pages as nobody's browser sends them, and what one form must not undo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from tests.web.status_pages import status_page_of
from tests.web.world import World
from vedette.monitors.models import Monitor
from vedette.statuspages.announcing import Wish, add_update, draft, publish
from vedette.statuspages.models import Incident, StatusComponent, StatusPage

BASE = "/monitors/status-pages/"


@pytest.fixture
def page(world: World) -> StatusPage:
    return status_page_of(world)


def incident_of(page: StatusPage) -> Incident:
    made = draft(page, Wish(title="Down", text="It is."))
    publish(made)
    return made


def test_a_component_is_in_a_state_that_there_is(page: StatusPage, alice: Client) -> None:
    """Another one is refused with the whole form, and the page goes on being shown."""
    made, component = incident_of(page), page.components.get()
    sent = {"do": "change", "title": "New", "impact": "minor", f"state.{component.pk}": "nonsense"}
    answer = alice.post(f"{BASE}{page.pk}/incidents/{made.pk}/", sent)
    assert answer.status_code == 400
    made.refresh_from_db()
    assert made.title == "Down"
    assert alice.get(f"{BASE}{page.pk}/components/").status_code == 200


def test_what_is_published_is_what_was_just_written(
    page: StatusPage, alice: Client, world: World
) -> None:
    """What others keep as a draft of an open incident waits for its own button."""
    made = incident_of(page)
    kept = add_update(made, "resolved", "Too early", by=world.bob)
    address = f"{BASE}{page.pk}/incidents/{made.pk}/"
    alice.post(address, {"do": "say", "status": "identified", "text": "We know."})
    kept.refresh_from_db()
    made.refresh_from_db()
    assert (made.status, kept.published_at) == ("identified", None)
    alice.post(address, {"do": "publish"})
    kept.refresh_from_db()
    assert kept.published_at is not None


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize("day", ["0001-01-01T00:00", "9999-12-31T23:00"])
def test_days_at_the_ends_of_the_calendar_are_refused_in_words(
    page: StatusPage, alice: Client, zone: str, day: str
) -> None:
    """By the clock of whatever zone."""
    StatusPage.objects.filter(pk=page.pk).update(zone=zone)
    sent = {"title": "Move", "text": "We move.", "start": day, "end": "9999-12-31T23:59"}
    answer = alice.post(f"{BASE}{page.pk}/incidents/new/?kind=maintenance", sent)
    assert answer.status_code == 400
    assert "five years" in answer.content.decode()


def test_a_form_takes_no_monitor_away_that_it_does_not_show(
    page: StatusPage, alice: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are more monitors than a form lists."""
    held = page.components.get().monitors.get()
    Monitor.objects.create(project=world.shop, slug="a", name="A first one", kind="tcp")
    monkeypatch.setattr("vedette.web.pages.status_pages.choosing.MOST_LISTED", 1)
    component = page.components.get()
    address = f"{BASE}{page.pk}/components/{component.pk}/"
    assert f'value="{held.pk}" checked' in alice.get(address).content.decode()
    alice.post(address, {"name": "Paying", "monitor": [held.pk]})
    assert list(component.monitors.all()) == [held]


def test_the_products_own_name_is_no_pages(
    page: StatusPage, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows the product, and so do addresses that are numbers."""
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, hosts=".own.example.com"))
    sent = {"title": "Till", "zone": "UTC", "open": "public"}
    for name in ("own.example.com", "a.own.example.com", "192.0.2.10"):
        answer = alice.post(f"{BASE}{page.pk}/settings/", {**sent, "domain": name})
        assert answer.status_code == 400, name
    page.refresh_from_db()
    assert page.domain is None
    assert StatusComponent.objects.filter(page=page).count() == 1


def test_a_proxy_shows_nothing_of_the_program_at_the_name_of_a_page(
    page: StatusPage, alice: Client
) -> None:
    """Its health and metrics are closed there; elsewhere the lines are of the page alone."""
    address = f"{BASE}{page.pk}/links/"
    assert "location /-/" not in alice.get(address).content.decode()
    StatusPage.objects.filter(pk=page.pk).update(domain="status.example.com")
    body = alice.get(address).content.decode()
    assert "location /-/ {" in body
    assert "VEDETTE_TRUSTED_PROXIES=1" in body, "else one source asks for all visitors"
