"""Release health over the API: figures by group and over time, for those who may see them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web.walk import bearer
from tests.web.world import World
from vedette import clock
from vedette.wire.envelope import build_envelope

HERE = "/api/0/organizations/lantern/sessions/"


@pytest.fixture
def token(world: World) -> Client:
    """The organisation's client, after ten sessions of two releases."""
    started = (clock.now() - timedelta(hours=2)).isoformat()

    def send(number: int, status: str, version: str, **rest: Any) -> None:
        body = {
            "sid": f"{number:032x}",
            "status": status,
            "started": started,
            "attrs": {"release": version, "environment": "production"},
            **rest,
        }
        item = ({"type": "session"}, json.dumps(body).encode())
        world.stage.flow.spool(build_envelope({}, [item]), project=world.shop.pk)

    for number in range(8):
        send(number, "exited", "shop@7.0.0", did=f"user {number % 4}", duration=2.0)
    send(8, "crashed", "shop@7.0.0", did="user 0", errors=1)
    send(8, "ok", "shop@7.0.0", did="user 0", seq=0)
    send(9, "exited", "shop@7.1.0", errors=1)
    world.stage.work()
    return bearer(world.organization)


def ask(client: Client, status: int = 200, **query: Any) -> Any:
    answer = client.get(HERE, {"statsPeriod": "24h", **query})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_rates_and_counts_by_release(token: Client) -> None:
    fields = ["sum(session)", "count_unique(user)", "crash_free_rate(session)"]
    body = ask(token, field=[*fields, "crash_free_rate(user)"], groupBy="release")
    old, new = body["groups"]
    assert old["by"] == {"release": "shop@7.0.0"}
    assert old["totals"] == {
        "sum(session)": 9,
        "count_unique(user)": 4,
        "crash_free_rate(session)": pytest.approx(8 / 9),
        "crash_free_rate(user)": pytest.approx(3 / 4),
    }
    assert new["totals"]["crash_free_rate(session)"] == 1
    assert new["totals"]["crash_free_rate(user)"] is None, "nobody named a user"
    series = old["series"]["sum(session)"]
    assert len(series) == len(body["intervals"])
    at = body["intervals"][series.index(9)]
    began = datetime.fromisoformat(at.replace("Z", "+00:00"))
    assert began <= clock.now().astimezone(UTC) - timedelta(hours=2) < began + timedelta(hours=1)


def test_states_and_searches(token: Client) -> None:
    body = ask(token, field="sum(session)", groupBy=["session.status"], includeSeries="0")
    found = {one["by"]["session.status"]: one["totals"]["sum(session)"] for one in body["groups"]}
    assert found == {"healthy": 8, "crashed": 1, "errored": 1}
    (one,) = ask(token, field="sum(session)", query="release:shop@7.1.0")["groups"]
    assert (one["by"], one["totals"]) == ({}, {"sum(session)": 1})
    (none,) = ask(token, field="sum(session)", query="release:shop@99")["groups"]
    assert none["totals"] == {"sum(session)": 0}
    assert not any(none["series"]["sum(session)"])


@pytest.mark.parametrize(
    "query",
    [
        {"field": "sum(evil)"},
        {"field": "sum(session)", "groupBy": "user"},
        {"field": "sum(session)", "interval": "1s"},
        {"field": "sum(session)", "interval": "5m", "statsPeriod": "90d"},
        {"field": "sum(session)", "query": "nonsense:1"},
        {"field": "sum(session)", "query": "(release:"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(token: Client, query: dict[str, Any]) -> None:
    assert ask(token, 400, **query)["detail"]


def test_a_release_is_told_with_its_health(token: Client) -> None:
    """As clients of Sentry ask for it; without being asked nothing is counted."""
    path = "/api/0/organizations/lantern/releases/shop%407.0.0/"
    (project,) = token.get(path, {"health": "1"}).json()["projects"]
    assert project["hasHealthData"] is True
    data = project["healthData"]
    assert (data["totalSessions"], data["totalUsers"], data["sessionsCrashed"]) == (9, 4, 1)
    assert data["crashFreeSessions"] == pytest.approx(100 * 8 / 9)
    assert data["crashFreeUsers"] == pytest.approx(75)
    assert data["durationP50"] == 2.0
    assert (data["totalSessions24h"], data["totalProjectSessions24h"]) == (9, 10)
    assert data["sessionsAdoption"] == pytest.approx(90)
    (staging,) = token.get(path, {"health": "1", "environment": "staging"}).json()["projects"]
    assert (staging["hasHealthData"], staging["healthData"]["totalSessions"]) == (False, 0)
    (plain,) = token.get(path).json()["projects"]
    assert "healthData" not in plain
    assert token.get(path, {"health": "1", "summaryStatsPeriod": "x"}).status_code == 400
