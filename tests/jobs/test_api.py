"""Jobs in Sentry's API: its paths, names and shapes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.jobs.sending import HOURLY, Jobs
from tests.web.walk import bearer
from tests.web.world import World
from vedette.monitors.models import Monitor, MonitorEvent

PATH = "/api/0/organizations/lantern/monitors/"
BODY: dict[str, Any] = {
    "name": "Weekly report",
    "type": "cron_job",
    "project": "shop",
    "config": {
        "schedule_type": "interval",
        "schedule": [1, "week"],
        "checkin_margin": 30,
        "max_runtime": 60,
        "timezone": "Europe/Vienna",
        "failure_issue_threshold": 2,
    },
}


@pytest.fixture
def api(world: World) -> Client:
    """A token that may change alerts."""
    return bearer(world.organization, world.alice, ["alerts:read", "alerts:write"])


def test_a_job_is_made_read_changed_and_removed(api: Client, world: World) -> None:
    made = api.post(PATH, BODY, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["slug"] == "weekly-report"
    config = {**BODY["config"], "recovery_threshold": 1, "alert_rule_id": None}
    assert made.json()["config"] == config
    address = f"{PATH}weekly-report/"
    assert api.get(f"{PATH}{made.json()['id']}/").json()["name"] == "Weekly report"
    changed = api.put(address, {"status": "disabled"}, content_type="application/json")
    assert (changed.json()["status"], changed.json()["config"]) == ("disabled", config)
    other = {"config": {"schedule_type": "crontab", "schedule": "@daily"}}
    changed = api.put(address, other, content_type="application/json")
    assert changed.json()["config"]["schedule"] == "0 0 * * *"
    assert MonitorEvent.objects.filter(kind="changed", user=world.alice).exists()
    assert api.delete(address).status_code == 202
    assert api.get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "name"),
        ({"project": None}, "project"),
        ({"config": None}, "config"),
        ({"config": {"schedule": "61 * * * *"}}, "minute"),
        ({"config": {"schedule_type": "interval", "schedule": [1, "fortnight"]}}, "unit"),
        ({"config": {"schedule": "* * * * *", "timezone": "Mars/Base"}}, "time zone"),
        ({"config": {"schedule": "* * * * *", "max_runtime": 0}}, "max_runtime"),
    ],
)
def test_a_mistake_is_told_in_words(change: dict[str, Any], words: str, api: Client) -> None:
    answer = api.post(PATH, {**BODY, **change}, content_type="application/json")
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Monitor.objects.exists()


def test_runs_and_their_counts(api: Client, jobs: Jobs) -> None:
    run = jobs.say("in_progress", monitor_config=HOURLY)
    jobs.passes(20)
    jobs.say("ok", run, duration=12.5)
    jobs.passes(3600 + 330)
    runs = api.get(f"{PATH}nightly/checkins/").json()
    assert [one["status"] for one in runs] == ["missed", "ok"]
    assert runs[0]["expectedTime"] is not None
    assert runs[1]["duration"] == 12500
    (environment,) = api.get(f"{PATH}nightly/").json()["environments"]
    assert (environment["name"], environment["status"]) == ("production", "missed_checkin")
    query = {"since": 0, "until": 1, "resolution": "1h"}
    assert len(api.get(f"{PATH}nightly/stats/", query).json()) == 1
    answer = api.get(f"{PATH}nightly/stats/", {"statsPeriod": "24h", "resolution": "1h"})
    assert answer.status_code == 200
    assert api.get(f"{PATH}nightly/stats/", {"resolution": "3y"}).status_code == 400
    query = {"since": 0, "until": 9e9, "resolution": "1m"}
    assert api.get(f"{PATH}nightly/stats/", query).status_code == 400


def test_a_list_is_of_projects_and_environments(api: Client, jobs: Jobs) -> None:
    jobs.say("ok", monitor_config=HOURLY)
    for query, number in (
        ({}, 1),
        ({"project": "shop"}, 1),
        ({"project": "web"}, 0),
        ({"environment": "production"}, 1),
        ({"environment": "staging"}, 0),
        ({"query": "night"}, 1),
        ({"query": "day"}, 0),
    ):
        assert len(api.get(PATH, query).json()) == number, query


def test_who_may_only_read_changes_nothing(world: World) -> None:
    weak = bearer(world.organization, world.bob, ["alerts:read"])
    assert weak.post(PATH, BODY, content_type="application/json").status_code == 403
    assert weak.get(PATH).status_code == 200
