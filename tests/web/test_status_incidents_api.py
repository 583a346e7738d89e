"""Incidents of status pages over the API: drafted, published, updated, resolved, planned."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web.status_pages import status_page_of
from tests.web.world import World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import ApiToken, AuditEntry, Membership
from vedette.accounts.scopes import Scope
from vedette.monitors.models import MaintenanceWindow
from vedette.monitors.windows import under_maintenance
from vedette.statuspages.models import Incident, StatusDelivery

BASE = "/api/0/organizations/lantern/status-pages/till/incidents/"


class Calls:
    """Calls with a token, as a script makes them."""

    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str = BASE, body: Any = None) -> tuple[int, Any]:
        """Status and JSON."""
        answer = getattr(Client(), method)(
            path,
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=self._headers,
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None


def token_of(world: World, *scopes: Scope) -> str:
    """One of Alice's."""
    return ApiToken.create(world.organization, user=world.alice, scopes=scopes)


@pytest.fixture
def calls(world: World) -> Calls:
    """Alice's token, which may write alerts."""
    status_page_of(world)
    Incident.objects.all().delete()
    return Calls(token_of(world, Scope.ALERTS_READ, Scope.ALERTS_WRITE))


def test_an_incident_is_a_draft_until_it_is_published(calls: Calls) -> None:
    """Nobody hears of it before; then all who listen do."""
    body = {"title": "Paying fails", "text": "We look.", "impact": "major"}
    status, made = calls.send("post", body={**body, "components": {"Paying": "major_outage"}})
    assert (status, made["isPublished"], made["status"]) == (201, False, "investigating")
    assert made["components"][0]["state"] == "major_outage"
    assert not StatusDelivery.objects.exists()
    status, seen = calls.send("put", f"{BASE}{made['id']}/", {"publish": True})
    assert (status, seen["isPublished"]) == (200, True)
    assert StatusDelivery.objects.count() == 1


def test_updates_lead_to_its_end(calls: Calls) -> None:
    """What is said last is its status; resolved ends it."""
    body = {"title": "Slow", "text": "We look.", "publish": True}
    _, made = calls.send("post", body=body)
    place = f"{BASE}{made['id']}/"
    said = {"status": "identified", "text": "A disk.", "publish": True}
    status, seen = calls.send("post", f"{place}updates/", said)
    assert (status, seen["status"], seen["resolvedAt"]) == (201, "identified", None)
    clock.turn(5)
    try:
        said = {"status": "resolved", "text": "Well again.", "publish": True}
        _, seen = calls.send("post", f"{place}updates/", said)
    finally:
        clock.turn(0)
    assert seen["status"] == "resolved"
    assert seen["resolvedAt"] is not None
    assert [one["text"] for one in seen["updates"]] == ["Well again.", "A disk.", "We look."]
    assert [one["id"] for one in calls.send("get", f"{BASE}?status=resolved")[1]] == [made["id"]]
    assert calls.send("get", f"{BASE}?status=open")[1] == []


def test_maintenance_is_planned_with_its_monitors(calls: Calls, world: World) -> None:
    """A window covers them from its begin to its end; completed ends it early."""
    now = clock.now()
    body = {
        "title": "New disks",
        "text": "We swap.",
        "components": {"Paying": "under_maintenance"},
        "scheduledFor": (now - timedelta(minutes=5)).isoformat(),
        "scheduledUntil": (now + timedelta(hours=1)).isoformat(),
        "coversMonitors": True,
        "publish": True,
    }
    status, made = calls.send("post", body=body)
    assert (status, made["isScheduled"], made["status"]) == (201, True, "scheduled")
    assert set(under_maintenance(clock.timestamp()).values()) == {"New disks"}
    said = {"status": "completed", "text": "Done.", "publish": True}
    calls.send("post", f"{BASE}{made['id']}/updates/", said)
    assert under_maintenance(clock.timestamp() + 1) == {}
    assert MaintenanceWindow.objects.count() == 1


def test_it_is_changed_and_taken_away(calls: Calls) -> None:
    """Each is in the organisation's log."""
    _, made = calls.send("post", body={"title": "A", "text": "B"})
    place = f"{BASE}{made['id']}/"
    _, seen = calls.send("put", place, {"title": "Better", "impact": "critical"})
    assert (seen["title"], seen["impact"]) == ("Better", "critical")
    assert calls.send("delete", place)[0] == 204
    assert calls.send("get", place)[0] == 404
    words = " ".join(AuditEntry.objects.values_list("what", flat=True))
    for done in ("A: drafted", "Better: changed", "Better: discarded"):
        assert done in words


@pytest.mark.parametrize(
    "body",
    [
        {"text": "no title"},
        {"title": "no text"},
        {"title": "A", "text": "B", "status": "on fire"},
        {"title": "A", "text": "B", "impact": "huge"},
        {"title": "A", "text": "B", "components": {"Paying": "on fire"}},
        {"title": "A", "text": "B", "components": {"Nothing": "operational"}},
        {"title": "A", "text": "B", "scheduledFor": "soon"},
        {"title": "A", "text": "B", "scheduledFor": "2026-01-01T00:00:00Z"},
    ],
)
def test_what_cannot_be_is_refused_in_words(calls: Calls, body: dict[str, Any]) -> None:
    """And leaves nothing behind."""
    status, told = calls.send("post", body=body)
    assert status == 400, told
    assert told["detail"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "change", [{"scheduledUntil": "2030-01-01T00:00:00Z"}, {"coversMonitors": True}]
)
def test_what_a_change_cannot_do_is_not_passed_over(calls: Calls, change: dict[str, Any]) -> None:
    """A script that moves maintenance hears that it did not."""
    _, made = calls.send("post", body={"title": "A", "text": "B"})
    status, told = calls.send("put", f"{BASE}{made['id']}/", change)
    assert (status, "plan it anew" in told.get("detail", "")) == (400, True)


def test_rights_are_those_of_the_form(calls: Calls, world: World) -> None:
    """Reading needs a right to read, writing one to write; strangers find nothing."""
    reading = token_of(world, Scope.ALERTS_READ)
    assert Calls(reading).send("get")[0] == 200
    assert Calls(reading).send("post", body={"title": "A", "text": "B"})[0] == 403
    bob = Membership.objects.get(user=world.bob)
    bob.sees_all = False
    bob.save()
    ProjectMember.objects.create(project=world.web, membership=bob)
    bobs = ApiToken.create(world.organization, user=world.bob, scopes=[Scope.ALERTS_WRITE])
    assert Calls(bobs).send("get")[0] == 404
    assert Calls("nothing").send("get")[0] == 401
