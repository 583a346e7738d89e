"""Maintenance of monitors: planned on a page and over the API, once, each week, around a deploy."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web.watched import monitor_of
from tests.web.world import World
from vedette import clock
from vedette.accounts.models import ApiToken, AuditEntry
from vedette.accounts.scopes import Scope
from vedette.monitors import saving
from vedette.monitors.models import MaintenanceWindow, Monitor
from vedette.monitors.windows import under_maintenance

BASE = "/api/0/organizations/lantern/maintenance-windows/"
PAGE = "/monitors/maintenance/"
MONDAY = datetime(2026, 3, 2, 3, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def call(world: World) -> Any:
    """A call with a token that may write alerts."""
    scopes = [Scope.ALERTS_READ, Scope.ALERTS_WRITE]
    token = ApiToken.create(world.organization, user=world.alice, scopes=scopes)

    def send(method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        answer = getattr(Client(), method)(
            BASE + path,
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return send


def another(world: World) -> Monitor:
    return Monitor.objects.create(project=world.shop, slug="other", name="Other", kind="tcp")


def test_a_deploy_begins_and_ends_by_a_script(call: Any, world: World) -> None:
    """From now on, for the monitors that are named, until it is deleted."""
    nightly = monitor_of(world)
    another(world)
    body = {"project": "shop", "monitors": ["nightly"], "minutes": 15}
    status, made = call("post", body=body)
    assert (status, made["status"], made["name"]) == (201, "on", "Deploy")
    now = clock.timestamp() + 1
    assert under_maintenance(now) == {nightly.pk: "Deploy"}
    assert under_maintenance(now + 15 * 60) == {}
    assert [one["id"] for one in call("get", "?status=on")[1]] == [made["id"]]
    assert call("delete", f"{made['id']}/")[0] == 204
    assert under_maintenance(clock.timestamp()) == {}
    assert call("get", f"{made['id']}/")[1]["status"] == "over"
    assert AuditEntry.objects.filter(what="maintenance Deploy of shop: ended").exists()


def test_each_week_by_the_clock_of_a_place(call: Any, world: World) -> None:
    """On Mondays at 04:00 in Berlin, for those with a tag."""
    nightly = monitor_of(world)
    Monitor.objects.filter(pk=nightly.pk).update(tags={"team": "shop"})
    another(world)
    body = {
        "project": "shop", "name": "Backups", "weekdays": [0], "start": "04:00",
        "timezone": "Europe/Berlin", "minutes": 60, "tags": {"team": "shop"},
    }  # fmt: skip
    status, made = call("post", body=body)
    assert (status, made["start"], made["weekdays"]) == (201, "04:00", [0])
    assert under_maintenance(MONDAY) == {nightly.pk: "Backups"}
    assert under_maintenance(MONDAY + 3600) == {}
    assert under_maintenance(MONDAY + 86400) == {}


def test_a_window_whose_monitors_are_removed_is_for_none(
    call: Any, world: World, alice: Client
) -> None:
    """All others of the project go on being told of."""
    monitor_of(world)
    other = another(world)
    made = call("post", body={"project": "shop", "monitors": ["other"]})[1]
    whole = call("post", body={"project": "shop", "name": "Whole", "minutes": 5})[1]
    assert len(under_maintenance(clock.timestamp() + 1)) == 2
    call("delete", f"{whole['id']}/")
    saving.remove(other)
    assert under_maintenance(clock.timestamp() + 1) == {}
    shape = call("get", f"{made['id']}/")[1]
    assert (shape["monitors"], shape["coversAll"]) == ([], False)
    assert "no monitor any more" in alice.get(PAGE).content.decode()


@pytest.mark.parametrize("named", [{"monitors": []}, {"tags": {}}, {"monitors": [], "tags": {}}])
def test_a_script_that_found_no_monitor_covers_none(
    call: Any, world: World, named: dict[str, Any]
) -> None:
    """What names nothing, though it names something, is refused."""
    monitor_of(world)
    assert call("post", body={"project": "shop", **named})[0] == 400
    assert not MaintenanceWindow.objects.exists()


def test_many_deploys_hide_no_window_that_is_not_over(
    call: Any, world: World, alice: Client
) -> None:
    """However many a script has begun and ended since."""
    monitor_of(world)
    weekly = {"project": "shop", "name": "Backups", "weekdays": [0], "start": "04:00"}
    call("post", body=weekly)
    now = clock.now()
    MaintenanceWindow.objects.bulk_create(
        MaintenanceWindow(project=world.shop, name="Deploy", starts_at=now, ends_at=now)
        for _ in range(600)
    )
    assert "Backups" in [one["name"] for one in call("get")[1]]
    assert [one["name"] for one in call("get", "?status=planned")[1]] == ["Backups"]
    assert "Backups" in alice.get(PAGE).content.decode()


def test_a_weekly_window_that_is_ended_is_over_at_once(call: Any, world: World) -> None:
    """Also while it is on: nobody waits for the end of its minutes to be told again."""
    monitor_of(world)
    now = clock.now().astimezone(UTC)
    begun = now - timedelta(minutes=30)
    body = {
        "project": "shop", "name": "Backups", "weekdays": [begun.weekday()],
        "start": f"{begun:%H:%M}", "minutes": 2880,
    }  # fmt: skip
    _, made = call("post", body=body)
    assert made["status"] == "on"
    assert call("delete", f"{made['id']}/")[0] == 204
    assert under_maintenance(clock.timestamp() + 1) == {}
    assert call("get", f"{made['id']}/")[1]["status"] == "over"


def test_what_has_not_begun_is_taken_away(call: Any, world: World) -> None:
    """It leaves nothing behind."""
    later = (clock.now() + timedelta(days=1)).isoformat()
    _, made = call("post", body={"project": "shop", "startsAt": later, "minutes": 30})
    assert made["status"] == "planned"
    call("delete", f"{made['id']}/")
    assert not MaintenanceWindow.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"project": "shop", "monitors": ["nothing"]},
        {"project": "shop", "timezone": "Mars/Base"},
        {"project": "shop", "startsAt": "soon"},
        {"project": "shop", "endsAt": "2020-01-01T00:00:00Z"},
        {"project": "shop", "minutes": 0},
        {"project": "shop", "weekdays": [7]},
        {"project": "shop", "weekdays": [1], "start": "25:00"},
        {"project": "shop", "endsAt": "2500-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_is_refused(call: Any, body: dict[str, Any]) -> None:
    """In words, and nothing is kept."""
    status, told = call("post", body=body)
    assert (status, bool(told["detail"])) == (400, True)
    assert not MaintenanceWindow.objects.exists()


def test_it_is_planned_and_ended_on_a_page(alice: Client, world: World) -> None:
    """The form, the list, the button; a mistake is said and what was written stays."""
    nightly = monitor_of(world)
    another(world)
    now = clock.now().astimezone(UTC)
    sent = {
        "project": "shop", "name": "New disks", "repeats": "once", "zone": "UTC",
        "start": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M}",
        "end": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "monitor": ["nightly"],
    }  # fmt: skip
    wrong = alice.post(f"{PAGE}new/", {**sent, "end": sent["start"]})
    assert wrong.status_code == 400
    assert "ends after it begins" in wrong.content.decode()
    assert 'value="New disks"' in wrong.content.decode()
    assert alice.post(f"{PAGE}new/", sent).status_code == 302
    assert under_maintenance(clock.timestamp()) == {nightly.pk: "New disks"}
    page = alice.get(PAGE).content.decode()
    assert "New disks" in page
    assert "End now" in page
    row = MaintenanceWindow.objects.get()
    assert alice.post(f"{PAGE}{row.pk}/end/").status_code == 302
    assert under_maintenance(clock.timestamp()) == {}
    assert "End now" not in alice.get(PAGE).content.decode()


def test_any_of_more_monitors_than_are_listed_can_be_chosen(alice: Client, world: World) -> None:
    """They are found by a part of their name; what was written and chosen before stays."""
    Monitor.objects.bulk_create(
        Monitor(project=world.shop, slug=f"m{number:04}", name=f"Host {number:04}", kind="tcp")
        for number in range(1200)
    )
    sent = {
        "project": "shop", "name": "New disks", "repeats": "weekly", "day": "0", "at": "04:00",
        "minutes": "60", "zone": "UTC", "monitor": ["m0003"],
    }  # fmt: skip
    assert 'value="m1199"' not in alice.get(f"{PAGE}new/", {"project": "shop"}).content.decode()
    found = alice.post(f"{PAGE}new/", {**sent, "find": "host 119", "do": "find"})
    page = found.content.decode()
    assert found.status_code == 200
    assert 'value="m1199"' in page
    assert 'value="m0003" checked' in page
    assert 'value="New disks"' in page
    assert 'value="m0004"' not in page
    assert not MaintenanceWindow.objects.exists()
    chosen = {**sent, "find": "host 119", "monitor": ["m0003", "m1199"]}
    assert alice.post(f"{PAGE}new/", chosen).status_code == 302
    names = MaintenanceWindow.objects.get().monitors.values_list("slug", flat=True)
    assert set(names) == {"m0003", "m1199"}


def test_enter_plans_unless_a_name_to_be_found_was_just_written(
    alice: Client, world: World
) -> None:
    """The button that Enter presses is the first of the form; who writes a part of a name wants to
    see who is called so, and plans nothing for all of the project."""
    Monitor.objects.bulk_create(
        Monitor(project=world.shop, slug=f"m{number:04}", name=f"Host {number:04}", kind="tcp")
        for number in range(501)
    )
    page = alice.get(f"{PAGE}new/", {"project": "shop"}).content.decode()
    form = page[page.index('<form class="form"') :]
    assert 'value="enter"' in form[form.index("<button") : form.index("</button>")]
    sent = {
        "project": "shop", "name": "New disks", "repeats": "weekly", "day": "0", "at": "04:00",
        "minutes": "60", "zone": "UTC", "monitor": ["m0003"], "do": "enter",
    }  # fmt: skip
    found = alice.post(f"{PAGE}new/", {**sent, "find": "host 0500", "listed_by": ""})
    assert found.status_code == 200
    assert 'name="listed_by" value="host 0500"' in found.content.decode()
    assert not MaintenanceWindow.objects.exists()
    again = {**sent, "find": "host 0500", "listed_by": "host 0500"}
    assert alice.post(f"{PAGE}new/", again).status_code == 302
    assert [one.slug for one in MaintenanceWindow.objects.get().monitors.all()] == ["m0003"]


def test_more_monitors_than_can_be_kept_are_not_cut_off(alice: Client, world: World) -> None:
    """Nobody is called for one that was chosen and left out without a word."""
    Monitor.objects.bulk_create(
        Monitor(project=world.shop, slug=f"m{number:04}", name=f"Host {number:04}", kind="tcp")
        for number in range(501)
    )
    sent = {
        "project": "shop", "name": "New disks", "repeats": "weekly", "day": "0", "at": "04:00",
        "minutes": "60", "zone": "UTC", "monitor": [f"m{number:04}" for number in range(501)],
    }  # fmt: skip
    answer = alice.post(f"{PAGE}new/", sent)
    assert answer.status_code == 400
    assert "at most 500 monitors" in answer.content.decode()
    assert not MaintenanceWindow.objects.exists()


def test_a_weekly_one_is_planned_on_the_page(alice: Client, world: World) -> None:
    """Days, a time on the wall, minutes; without monitors it is for all."""
    monitor_of(world)
    another(world)
    sent = {
        "project": "shop", "name": "Backups", "repeats": "weekly", "day": ["0", "2"],
        "at": "04:00", "minutes": "60", "zone": "Europe/Berlin",
    }  # fmt: skip
    assert alice.post(f"{PAGE}new/", {**sent, "day": []}).status_code == 400
    assert alice.post(f"{PAGE}new/", sent).status_code == 302
    assert len(under_maintenance(MONDAY)) == 2
    assert "Mon, Wed at 04:00 Europe/Berlin, 60 minutes" in alice.get(PAGE).content.decode()


def test_monitors_of_another_project_are_not_covered(alice: Client, world: World) -> None:
    """A form that names them is refused: without any it would be for all of the project."""
    nightly = monitor_of(world)
    sent = {
        "project": "web", "name": "A", "repeats": "weekly", "day": "0", "at": "03:00",
        "minutes": "90", "monitor": [nightly.slug],
    }  # fmt: skip
    assert alice.post(f"{PAGE}new/", sent).status_code == 400
    assert not MaintenanceWindow.objects.exists()
