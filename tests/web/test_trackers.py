"""Trackers in pages and API: connected, tested, used from issues and alerts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.alerting import SECRET, alert_of, link_of, rule_of, tracker_of
from tests.web.test_alert_pages import text
from tests.web.walk import bearer
from tests.web.world import World
from vedette.accounts.models import AuditEntry
from vedette.connections.secrets import settings_of
from vedette.trackers.hosts import TrackerHost, hosts
from vedette.trackers.models import Tracker, TrackerLink

FORM = {
    "name": "Bugs", "field.repository": "lantern/shop", "field.token": SECRET, "closes": "yes",
    "follows": "yes", "enabled": "yes", "do": "save",
}  # fmt: skip


@pytest.mark.parametrize("host", list(hosts().values()), ids=lambda one: one.name)
def test_every_kind_has_a_form(host: TrackerHost, world: World, alice: Client) -> None:
    """With all of its fields; an empty one says what is needed and saves nothing."""
    page = f"/trackers/new/?kind={host.name}"
    body = text(alice.get(page))
    for field in host.fields:
        assert field.label in body
    assert alice.post(page, {"name": "", "enabled": "yes", "do": "save"}).status_code == 400
    assert not Tracker.objects.exists()


def test_a_tracker_is_connected_and_its_secret_never_shown(world: World, alice: Client) -> None:
    """The page says where it calls; an empty secret keeps the one that is set."""
    answer = alice.post("/trackers/new/?kind=github", FORM)
    tracker = Tracker.objects.get()
    assert answer["Location"] == f"/trackers/{tracker.pk}/"
    assert (tracker.closes, tracker.reopens, tracker.follows) == (True, False, True)
    html = alice.get(answer["Location"]).content.decode()
    assert SECRET not in html
    assert f"/trackers/{tracker.pk}/hook/" in html
    alice.post(answer["Location"], {**FORM, "field.token": "", "name": "Faults"})
    tracker.refresh_from_db()
    assert (tracker.name, settings_of(tracker)["token"]) == ("Faults", SECRET)
    assert "Faults" in text(alice.get("/trackers/"))
    assert AuditEntry.objects.filter(what__contains="connected the tracker bugs").exists()
    assert AuditEntry.objects.filter(what__contains="changed the tracker bugs").exists()


def test_a_test_says_what_is_wrong(world: World, alice: Client) -> None:
    """An address within the house is refused unless a setting allows it."""
    tracker = tracker_of(world)
    Tracker.objects.update(settings={**tracker.settings, "url": "http://127.0.0.1:9"})
    page = f"/trackers/{tracker.pk}/"
    alice.post(page, {"do": "test"})
    assert "It does not work" in text(alice.get(page))
    assert "broken" in text(alice.get("/trackers/"))


def test_an_issue_is_opened_from_its_page(world: World, alice: Client) -> None:
    """The form is filled in: link, place in the code, stack, tags; what is sent is kept."""
    tracker, issue = tracker_of(world), world.issues["checkout"]
    page = f"/issues/{issue.pk}/"
    assert f"Create in {tracker.name}" in text(alice.get(page))
    form = alice.get(f"{page}trackers/{tracker.pk}/new/").content.decode()
    for part in (issue.short_name, f"/issues/{issue.pk}/", "### Stack", "### Tags", "lantern/shop"):
        assert part in form
    answer = alice.post(
        f"{page}trackers/{tracker.pk}/new/",
        {"title": "It fails", "body": "As follows", "place": "lantern/shop", "labels": "a, b"},
    )
    assert answer["Location"] == f"{page}#trackers"
    link = TrackerLink.objects.get()
    assert link.draft["title"] == "It fails"
    assert link.draft["labels"] == ["a", "b"]
    assert link.created_by == world.alice
    assert "being opened" in text(alice.get(page))
    assert 'hx-trigger="every 2s"' in alice.get(f"{page}trackers/").content.decode()
    assert AuditEntry.objects.filter(what__contains="is being opened").exists()
    refused = alice.post(f"{page}trackers/{tracker.pk}/new/", {"title": "x", "place": "../.."})
    assert refused.status_code == 400


def test_failures_are_shown_where_they_were_wished_for(world: World, alice: Client) -> None:
    """With the tracker's words, and a way to try again."""
    link, issue = link_of(world), world.issues["checkout"]
    TrackerLink.objects.update(state="failed", last_error="422 for /repos: Validation Failed")
    page = f"/issues/{issue.pk}/"
    assert "Validation Failed" in text(alice.get(page))
    alice.post(f"{page}trackers/", {"do": "again", "link": link.pk})
    link.refresh_from_db()
    assert link.state == "waiting"
    alice.post(f"{page}trackers/", {"do": "unlink", "link": link.pk})
    assert not TrackerLink.objects.exists()


def test_an_alert_about_no_issue_has_links_of_its_own(world: World, alice: Client) -> None:
    """One about an issue shows the issue's."""
    link = link_of(world)
    assert link.key in text(alice.get(f"/alerts/{alert_of(world).pk}/"))
    rule = rule_of(world, name="Rate", per=[], measure={"rate": "minute"})
    alert = alert_of(world, rule=rule, issue=None, key="[]")
    page = f"/alerts/{alert.pk}/trackers/"
    form = alice.get(f"{page}{link.tracker_id}/new/").content.decode()
    assert f"Alert #{alert.pk}" in form
    alice.post(page, {"do": "link", "tracker": link.tracker_id, "key": "#9"})
    made = TrackerLink.objects.get(alert=alert)
    assert (made.key, made.issue) == ("lantern/shop#9", None)
    assert alice.post(page, {"do": "link", "tracker": 0, "key": "#9"}).status_code == 400


def test_the_api_opens_links_and_unlinks(world: World) -> None:
    """As the pages do."""
    tracker_of(world)
    client = bearer(world.organization, world.alice)
    page = f"/api/0/issues/{world.issues['checkout'].pk}/external-issues/"

    def post(body: dict[str, Any]) -> Any:
        return client.post(page, body, content_type="application/json")

    made = post({"tracker": "bugs", "title": "It fails"})
    assert made.status_code == 202
    assert post({"tracker": "bugs", "key": "#4"}).json()["displayName"] == "lantern/shop#4"
    assert post({"tracker": "bugs", "key": "#4"}).status_code == 400
    assert post({"tracker": "none"}).status_code == 400
    assert len(client.get(page).json()) == 2
    assert client.delete(f"{page}{made.json()['id']}/").status_code == 204
    assert len(client.get(page).json()) == 1
    held = client.get(f"/api/0/organizations/{world.organization.slug}/configuration/trackers/")
    assert held.json()[0]["token"] == "(set)"


def test_a_channel_that_opens_issues_chooses_among_trackers(world: World, alice: Client) -> None:
    """By their names; what is not there is refused."""
    tracker_of(world)
    page = "/alerts/channels/new/?kind=tracker"
    assert '<option value="bugs">Bugs</option>' in alice.get(page).content.decode()
    form = {"name": "Bugs in", "enabled": "yes", "do": "save"}
    assert alice.post(page, {**form, "field.tracker": "none"}).status_code == 400
    assert alice.post(page, {**form, "field.tracker": "bugs"}).status_code == 302
