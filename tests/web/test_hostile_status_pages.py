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


def test_days_at_the_ends_of_the_calendar_are_refused_in_words(
    page: StatusPage, alice: Client, zone: str, day: str
) -> None:
    """By the clock of whatever zone."""
    StatusPage.objects.filter(pk=page.pk).update(zone=zone)
    sent = {"title": "Move", "text": "We move.", "start": day, "end": "9999-12-31T23:59"}
    answer = alice.post(f"{BASE}{page.pk}/incidents/new/?kind=maintenance", sent)
    assert answer.status_code == 400
    assert "five years" in answer.content.decode()


