"""Pages of monitors: what people see of them and do with them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.jobs.sending import HOURLY, Jobs
from tests.web.world import World
from vedette.monitors import saving
from vedette.monitors.drafts import read_draft
from vedette.monitors.models import MaintenanceWindow, Monitor, MonitorStanding
from vedette.uptime.changes import State


def made(world: World, name: str, state: str = "", **entry: Any) -> Monitor:
    """A monitor of the shop that stands so."""
    whole = {"name": name, "kind": "http", **entry}
    if whole["kind"] == "http":
        whole["url"] = "http://127.0.0.1:9/"
    draft, problems = read_draft(whole)
    assert problems == []
    monitor = saving.create(world.shop, draft)
    if state:
        MonitorStanding.objects.filter(monitor=monitor).update(state=state)
    return monitor


def names(client: Client, **query: str) -> list[str]:
    """The monitors of the list, in their order."""
    body = client.get("/monitors/", query).content.decode()
    return re.findall(r'data-open title="([^"]*)"', body)


def text(client: Client, path: str, **query: str) -> str:
    """What a page says, without its tags."""
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_empty_list_says_what_to_do(alice: Client) -> None:
    assert "Nothing is watched yet" in text(alice, "/monitors/")
    assert "No job checks in yet" in text(alice, "/monitors/calendar/")


def test_what_is_worst_comes_first_and_filters_narrow(world: World, alice: Client) -> None:
    made(world, "Alpha", "up", tags={"team": "web"})
    made(world, "Beta", "down")
    made(world, "Gamma", "degraded", kind="tcp", host="127.0.0.1", port=9)
    saving.pause(made(world, "Delta"))
    assert names(alice) == ["Beta", "Gamma", "Alpha", "Delta"]
    assert names(alice, sort="name") == ["Alpha", "Beta", "Delta", "Gamma"]
    assert names(alice, state="down") == ["Beta"]
    assert names(alice, kind="tcp") == ["Gamma"]
    assert names(alice, tag="team:web") == ["Alpha"]
    assert names(alice, query="ELT") == ["Delta"]
    assert "1 down, 1 degraded of 3" in text(alice, "/monitors/")
    assert alice.get("/monitors/", {"state": "sideways"}).status_code == 400


def test_a_list_has_pages(world: World, alice: Client) -> None:
    for number in range(60):
        made(world, f"Monitor {number:02}", "up")
    first = names(alice, sort="name")
    second = names(alice, sort="name", cursor="o:50")
    assert [*first, *second] == [f"Monitor {number:02}" for number in range(60)]


def test_a_list_takes_the_same_questions_whatever_its_length(world: World, alice: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            names(alice)
        return len(queries)

    for number in range(3):
        made(world, f"First {number}", "up")
    few = asked()
    for number in range(30):
        made(world, f"More {number}", "down")
    assert asked() <= few


def test_a_monitor_is_made_by_its_form(world: World, alice: Client) -> None:
    assert "Web address" in text(alice, "/monitors/new/")
    form = "/monitors/new/?kind=http"
    page = alice.get(form, {"url": "https://shop.example"}).content.decode()
    assert 'value="https://shop.example"' in page
    sent = {
        "do": "save",
        "field.url": "https://shop.example/health",
        "field.conditions": 'status == 200\n$.status == "ok"',
        "field.token": "opensesame",
        "interval": "30",
        "slow_ms": "800",
        "tags": "team: web\nregion: eu",
        "project": "shop",
        "severity": "warning",
    }
    answer = alice.post(form, sent)
    assert answer.status_code == 302, answer.content
    monitor = Monitor.objects.get()
    assert (monitor.name, monitor.interval_seconds) == ("shop.example/health", 30)
    assert monitor.settings["conditions"] == ["status == 200", '$.status == "ok"']
    assert monitor.slow == {"ms": 800}
    assert monitor.tags == {"team": "web", "region": "eu"}
    assert monitor.severity == "warning"
    page = alice.get(f"/monitors/{monitor.pk}/edit/").content.decode()
    assert "opensesame" not in page
    assert alice.post(f"/monitors/{monitor.pk}/edit/", {**sent, "name": "Shop", "field.token": ""})
    monitor.refresh_from_db()
    assert monitor.name == "Shop"
    assert "opensesame" in monitor.secrets
    moved = {**sent, "name": "Shop", "field.token": "", "field.url": "https://evil.example"}
    answer = alice.post(f"/monitors/{monitor.pk}/edit/", moved)
    assert answer.status_code == 400
    assert "would go elsewhere" in answer.content.decode()
    assert (
        "would go elsewhere"
        in alice.post(f"/monitors/{monitor.pk}/edit/", {**moved, "do": "try"}).content.decode()
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"field.url": "ftp://x"}, "http"),
        ({"field.conditions": "status =="}, "condition"),
        ({"interval": "1"}, "10"),
        ({"interval": "soon"}, "10"),
        ({"slow_ms": "fast"}, "30000"),
    ],
)
def test_mistakes_stand_beside_their_fields(
    change: dict[str, str], words: str, alice: Client
) -> None:
    sent = {"do": "save", "field.url": "https://shop.example", "project": "shop", **change}
    answer = alice.post("/monitors/new/?kind=http", sent)
    assert answer.status_code == 400
    wrong = re.findall(r'class="wrong"[^>]*>([^<]*)<', answer.content.decode())
    assert any(words in one for one in wrong), wrong
    assert not Monitor.objects.exists()


def test_a_test_run_shows_what_it_found_and_saves_nothing(alice: Client) -> None:
    sent = {"do": "try", "field.url": "http://127.0.0.1:9/", "project": "shop", "timeout": "2"}
    body = alice.post("/monitors/new/?kind=http", sent).content.decode()
    assert "Test run" in body
    assert re.search(r"not public|refuse", body), body
    assert not Monitor.objects.exists()


def test_a_page_tells_how_it_stands_and_why(world: World, alice: Client) -> None:
    monitor = made(world, "Shop", runbook="1. Look at the **gateway**", depends_on=[])
    said = text(alice, f"/monitors/{monitor.pk}/")
    assert "New since" in said
    assert "Look at the gateway" in said
    assert "Created" in said
    assert "No check in this range yet" in said


def test_a_job_shows_its_runs_and_what_is_expected(jobs: Jobs, alice: Client) -> None:
    jobs.say("ok", monitor_config=HOURLY, release="shop@1")
    jobs.passes(60)
    jobs.say("error", note="exit code 2\ntar: no space left <b>")
    body = alice.get(f"/monitors/{jobs.monitor().pk}/").content.decode()
    assert "tar: no space left &lt;b&gt;" in body
    said = " ".join(re.sub(r"<[^>]+>", " ", body).split())
    assert "Down since" in said
    assert "Next runs" in said
    assert "curl -fsS" in said
    calendar = alice.get("/monitors/calendar/").content.decode()
    assert calendar.count("job-mark is-ok") == 1
    assert calendar.count("job-mark is-error") == 1
    assert 11 <= calendar.count("job-mark is-expected") <= 12


def test_many_are_paused_resumed_and_put_under_maintenance(world: World, alice: Client) -> None:
    ids = [made(world, name, "up").pk for name in ("One", "Two")]
    assert alice.post("/monitors/change/", {"do": "pause", "monitor": ids}).status_code == 302
    assert set(Monitor.objects.values_list("is_paused", flat=True)) == {True}
    alice.post("/monitors/change/", {"do": "resume", "monitor": ids})
    assert set(Monitor.objects.values_list("is_paused", flat=True)) == {False}
    alice.post("/monitors/change/", {"do": "maintenance", "monitor": ids})
    assert MaintenanceWindow.objects.count() == 2
    assert alice.post("/monitors/change/", {"do": "explode", "monitor": ids}).status_code == 400
    assert alice.get("/monitors/change/").status_code == 405


def test_a_monitor_is_removed_by_its_name(world: World, alice: Client) -> None:
    monitor = made(world, "Shop")
    path = f"/monitors/{monitor.pk}/"
    assert alice.post(path, {"do": "remove", "confirm": "shop"}).status_code == 400
    assert alice.post(path, {"do": "remove", "confirm": "Shop"}).status_code == 302
    assert not Monitor.objects.exists()


def test_monitors_of_others_are_not_there(world: World, charlie: Client) -> None:
    monitor = made(world, "Shop", "down")
    assert names(charlie) == []
    for path in (f"/monitors/{monitor.pk}/", f"/monitors/{monitor.pk}/edit/"):
        assert charlie.get(path).status_code in (403, 404)
    charlie.post("/monitors/change/", {"do": "remove", "monitor": monitor.pk})
    assert Monitor.objects.exists()


def test_the_rail_counts_what_is_down(world: World, alice: Client) -> None:
    made(world, "Shop", str(State.DOWN))
    body = alice.get("/projects/").content.decode()
    assert re.search(r'href="/monitors/"[^>]*>.*?1', body, re.DOTALL)
