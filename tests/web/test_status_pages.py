"""Looking after status pages: made in a minute, arranged, spoken on; by who may, and no other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.web.status_pages import status_page_of
from tests.web.world import World
from vedette.access.models import ProjectMember
from vedette.accounts.models import AuditEntry, Membership
from vedette.monitors.models import Monitor
from vedette.statuspages.models import Incident, StatusComponent, StatusPage, Subscriber

BASE = "/monitors/status-pages/"


@pytest.fixture
def page(world: World) -> StatusPage:
    return status_page_of(world)


def monitor(project: Any, name: str) -> Monitor:
    return Monitor.objects.create(project=project, slug=name, name=name, kind="tcp")


def test_a_page_takes_a_title_and_some_monitors(
    world: World, alice: Client, nobody: Client
) -> None:
    """Done, and open to everybody at once."""
    one = monitor(world.shop, "api")
    answer = alice.post(f"{BASE}new/", {"title": "Shop status", "monitor": [one.pk]})
    assert answer.status_code == 302
    made = StatusPage.objects.get(slug="shop-status")
    assert list(made.components.get().monitors.all()) == [one]
    assert b"Shop status" in nobody.get("/status/shop-status/").content
    assert AuditEntry.objects.filter(what__contains="status page shop-status").exists()


def test_monitors_that_are_hidden_cannot_be_put_onto_a_page(world: World, bob: Client) -> None:
    """Neither on a new one nor on one that is there."""
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    secret, own = monitor(world.shop, "secret-api"), monitor(world.web, "own")
    body = bob.get(f"{BASE}new/").content.decode()
    assert "secret-api" not in body
    bob.post(f"{BASE}new/", {"title": "Mine", "monitor": [secret.pk, own.pk]})
    page = StatusPage.objects.get(title="Mine")
    assert [one.name for one in page.components.all()] == ["own"]
    component = page.components.get()
    address = f"{BASE}{page.pk}/components/{component.pk}/"
    bob.post(address, {"name": "own", "monitor": [secret.pk, own.pk]})
    assert list(component.monitors.all()) == [own]
    bob.post(f"{BASE}{page.pk}/components/", {"do": "add", "monitor": [secret.pk], "name": "Both"})
    assert not StatusComponent.objects.get(name="Both").monitors.exists()


def test_any_of_thousands_of_monitors_is_found_and_put_onto_a_page(
    world: World, page: StatusPage, alice: Client
) -> None:
    """By a part of its name, wherever monitors are chosen; what was chosen and written stays."""
    Monitor.objects.bulk_create(
        Monitor(project=world.shop, slug=f"m{number:04}", name=f"Host {number:04}", kind="tcp")
        for number in range(2100)
    )
    first, last = Monitor.objects.get(slug="m0001"), Monitor.objects.get(slug="m2099")
    own = page.components.get()
    chosen = [first.pk, *own.monitors.values_list("pk", flat=True)]
    addresses = {
        f"{BASE}new/": {"title": "All of them"},
        f"{BASE}{page.pk}/components/": {"name": "All of them"},
        f"{BASE}{page.pk}/components/{own.pk}/": {"name": "Both", "group": "Hosts"},
    }
    for done, (address, written) in enumerate(addresses.items()):
        assert f'value="{last.pk}"' not in alice.get(address).content.decode(), address
        sent = {**written, "monitor": chosen, "find": "host 209", "listed_by": "", "do": "enter"}
        found = alice.post(address, sent)
        shown = found.content.decode()
        assert found.status_code == 200, address
        assert f'name="monitor" value="{last.pk}">' in shown, address
        assert f'name="monitor" value="{first.pk}" checked>' in shown, address
        assert all(f'value="{text}"' in shown for text in written.values()), address
        assert StatusComponent.objects.filter(monitors=last).count() == done, address
        sent |= {"monitor": [*chosen, last.pk], "listed_by": "host 209"}
        assert alice.post(address, sent).status_code == 302, address
    held = StatusComponent.objects.filter(monitors=last).values_list("page__title", "name")
    assert set(held) == {("All of them", "Host 2099"), ("Till", "All of them"), ("Till", "Both")}
    own.refresh_from_db()
    assert (own.name, own.monitors.count()) == ("Both", 3)


def test_an_incident_is_drafted_published_and_resolved(
    page: StatusPage, alice: Client, nobody: Client
) -> None:
    """Visitors see it when a person has published it."""
    from vedette.statuspages.keeping import renew

    component = page.components.get()
    sent = {
        "title": "Payments fail",
        "impact": "major",
        "status": "investigating",
        "text": "We are looking.",
        f"state.{component.pk}": "partial_outage",
    }
    alice.post(f"{BASE}{page.pk}/incidents/new/", {**sent, "do": "draft"})
    made = Incident.objects.get(title="Payments fail")
    renew(page)
    assert b"Payments fail" not in nobody.get("/status/till/").content
    address = f"{BASE}{page.pk}/incidents/{made.pk}/"
    alice.post(address, {"do": "publish"})
    renew(page)
    body = nobody.get("/status/till/").content
    assert b"Payments fail" in body
    assert b"Partial outage" in body
    alice.post(address, {"do": "say", "status": "resolved", "text": "It is over."})
    made.refresh_from_db()
    assert made.status == "resolved"
    renew(page)
    assert b"Partial outage" not in nobody.get("/status/till/").content


def test_maintenance_is_planned_by_the_clock_of_the_page(page: StatusPage, alice: Client) -> None:
    """What was typed is a time on its wall."""
    StatusPage.objects.filter(pk=page.pk).update(zone="Europe/Berlin")
    sent = {
        "title": "Move",
        "text": "We move.",
        "start": "2031-01-10T20:00",
        "end": "2031-01-10T22:00",
        "do": "publish",
    }
    alice.post(f"{BASE}{page.pk}/incidents/new/?kind=maintenance", sent)
    made = Incident.objects.get(title="Move")
    assert made.scheduled_for is not None
    assert made.scheduled_for.isoformat() == "2031-01-10T19:00:00+00:00"
    wrong = {**sent, "end": "2031-01-10T19:00"}
    answer = alice.post(f"{BASE}{page.pk}/incidents/new/?kind=maintenance", wrong)
    assert answer.status_code == 400
    assert b"Maintenance ends after it begins" in answer.content


def test_components_are_arranged_by_numbers_and_groups(page: StatusPage, alice: Client) -> None:
    """By keyboard alone; a group without components goes."""
    address = f"{BASE}{page.pk}/components/"
    alice.post(address, {"do": "add", "name": "Search"})
    first, second = page.components.all()
    sent = {f"place.{first.pk}": 2, f"place.{second.pk}": 1, f"group.{second.pk}": "Shop"}
    alice.post(address, {"do": "arrange", **sent})
    assert [one.name for one in page.components.all()] == ["Search", "Paying"]
    assert [one.name for one in page.groups.all()] == ["Shop"]
    alice.post(address, {"do": "arrange", **sent, f"group.{second.pk}": ""})
    assert not page.groups.exists()


def test_settings_are_checked_and_saved(page: StatusPage, alice: Client) -> None:
    """A mistake stands beside its field, and nothing typed is lost."""
    address = f"{BASE}{page.pk}/settings/"
    answer = alice.post(address, {"title": "Till", "zone": "Mars", "accent": "#123456"})
    assert answer.status_code == 400
    assert b"#123456" in answer.content
    alice.post(address, {"title": "Renamed", "zone": "UTC", "open": "private"})
    page.refresh_from_db()
    assert (page.title, page.is_public) == ("Renamed", False)
    assert page.components.count() == 1
    alice.post(address, {"do": "remove", "confirm": "no"})
    assert StatusPage.objects.filter(pk=page.pk).exists()
    alice.post(address, {"do": "remove", "confirm": "Renamed"})
    assert not StatusPage.objects.filter(pk=page.pk).exists()


def test_a_private_page_gets_another_key(page: StatusPage, alice: Client) -> None:
    """The old one opens nothing."""
    StatusPage.objects.filter(pk=page.pk).update(is_public=False)
    address = f"{BASE}{page.pk}/links/"
    shown = re.search(r"\?key=([\w-]+)", alice.get(address).content.decode())
    assert shown is not None
    alice.post(address)
    page.refresh_from_db()
    assert page.token != shown[1]
    assert Client().get(f"/status/till/?key={shown[1]}").status_code == 404


def test_the_list_says_what_subscribers_hear_of(page: StatusPage, alice: Client) -> None:
    """Everything, or what they have chosen, of which nothing may be left."""
    eve = Subscriber.objects.get(page=page)
    assert "hears of everything" in alice.get(f"{BASE}{page.pk}/subscribers/").content.decode()
    Subscriber.objects.update(hears_all=False)
    eve.components.set(page.components.all())
    assert "hears of Paying" in alice.get(f"{BASE}{page.pk}/subscribers/").content.decode()
    page.components.all().delete()
    shown = alice.get(f"{BASE}{page.pk}/subscribers/").content.decode()
    assert "hears of nothing any more" in shown
    export = alice.get(f"{BASE}{page.pk}/subscribers.csv").content.decode()
    assert "nothing any more" in export


def test_an_address_that_is_lost_hides_no_other(page: StatusPage, alice: Client) -> None:
    """Neither in the list nor in the export."""
    lost = Subscriber.objects.create(
        page=page, kind="email", address="lost@example.com", address_hash="1" * 64
    )
    with connection.cursor() as cursor:
        sql = "UPDATE statuspages_subscriber SET address = 'lost' WHERE id = %s"
        cursor.execute(sql, [lost.pk])
    for path in ("subscribers/", "subscribers.csv"):
        body = alice.get(f"{BASE}{page.pk}/{path}").content.decode()
        assert "eve@example.com" in body
        assert "cannot be read: its key is not there" in body


def test_subscribers_are_exported_and_removed(page: StatusPage, alice: Client) -> None:
    """No cell is a formula."""
    Subscriber.objects.create(
        page=page, kind="email", address="=cmd@example.com", address_hash="1" * 64
    )
    body = alice.get(f"{BASE}{page.pk}/subscribers.csv").content.decode()
    assert "eve@example.com" in body
    assert "'=cmd@example.com" in body
    chosen = list(Subscriber.objects.values_list("pk", flat=True))
    alice.post(f"{BASE}{page.pk}/subscribers/", {"subscriber": chosen})
    assert not Subscriber.objects.exists()


def test_a_logo_is_a_picture_by_its_bytes(page: StatusPage, alice: Client, nobody: Client) -> None:
    """What only calls itself one is refused."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.web.world import PNG
    from vedette.statuspages.keeping import renew

    address = f"{BASE}{page.pk}/settings/"
    evil = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    sent = {"title": "Till", "zone": "UTC", "open": "public"}
    assert alice.post(address, {**sent, "logo": evil}).status_code == 400
    good = SimpleUploadedFile("logo.png", PNG, "image/png")
    assert alice.post(address, {**sent, "logo": good}).status_code == 302
    renew(page)
    assert nobody.get("/status/till/logo.png")["Content-Type"] == "image/png"
    assert b'src="logo.png"' in nobody.get("/status/till/").content
