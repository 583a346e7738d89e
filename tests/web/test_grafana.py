"""What Grafana's Sentry data source asks, word for word, and what it reads of the answers.

Source: the requests and the types of its code (version 2.2 and after).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.web.tracing import send_day
from tests.web.walk import bearer
from tests.web.world import World
from vedette import clock

HERE = "/api/0/organizations/lantern/"


@pytest.fixture
def grafana(world: World) -> Client:
    """A data source with a token; the shop was busy for a day."""
    send_day(world)
    return bearer(world.organization)


def ask(client: Client, path: str, pairs: list[tuple[str, Any]] | None = None) -> Any:
    answer = client.get(f"{HERE}{path}?{urlencode(pairs or [])}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def span_of_time(form: str = "%Y-%m-%dT%H:%M:%SZ") -> list[tuple[str, str]]:
    """The last day, as Go writes it."""
    now = clock.now()
    return [
        ("start", (now - timedelta(days=1)).strftime(form)),
        ("end", (now + timedelta(minutes=1)).strftime(form)),
    ]


def test_the_health_check_and_the_pickers(grafana: Client, world: World) -> None:
    """Projects with what the pickers show; no teams; tags; attributes that are numbers."""
    projects = ask(grafana, "projects/")
    assert {"id", "slug", "name", "environments", "isMember", "dateCreated"} <= set(projects[0])
    assert ask(grafana, "teams/") == []
    assert all(set(tag) == {"key", "name", "totalValues"} for tag in ask(grafana, "tags/"))
    given = [("attributeType", "number"), ("itemType", "spans")]
    numbers = {one["name"] for one in ask(grafana, "trace-items/attributes/", given)}
    assert {"span.duration", "span.self_time"} <= numbers
    assert "span.op" not in numbers
    texts = ask(grafana, "trace-items/attributes/", [("attributeType", "string"), given[1]])
    assert {"key": "span.op", "name": "span.op", "attributeType": "string"} in texts


def test_spans(grafana: Client) -> None:
    """A table of spans: data alone is read, with the fields as they were asked."""
    pairs = [
        ("dataset", "spans"),
        *(("field", name) for name in ("id", "span.op", "span.description", "span.duration")),
        ("per_page", "100"),
        ("query", "is_transaction:true"),
        ("sort", "-span.duration"),
        ("useRpc", "1"),
        *span_of_time("%Y-%m-%dT%H:%M:%S"),
    ]
    data = ask(grafana, "events/", pairs)["data"]
    assert set(data[0]) == {"id", "span.op", "span.description", "span.duration"}
    took = [row["span.duration"] for row in data]
    assert took == sorted(took, reverse=True)


def test_spans_over_time_by_group(grafana: Client) -> None:
    """A line for each of the largest groups and one for all others, in milliseconds."""
    pairs = [
        ("dataset", "spans"),
        ("excludeOther", "0"),
        ("groupBy", "transaction"),
        ("interval", "3600"),
        ("query", "is_transaction:true"),
        ("sort", "-count()"),
        ("topEvents", "2"),
        ("yAxis", "count()"),
        *span_of_time(),
    ]
    found = ask(grafana, "events-timeseries/", pairs)
    assert found["meta"]["dataset"] == "spans"
    assert found["meta"]["end"] > found["meta"]["start"] > 1e12
    lines = found["timeSeries"]
    assert [line["meta"]["isOther"] for line in lines] == [False, False, True]
    assert [line["meta"]["order"] for line in lines] == [0, 1, 2]
    assert all(len(line["values"]) == len(lines[0]["values"]) for line in lines)
    assert [one["key"] for one in lines[0]["groupBy"]] == ["transaction"]
    assert lines[2]["groupBy"] == []
    assert lines[0]["meta"] | {"order": 0} == {
        "valueType": "integer",
        "valueUnit": None,
        "interval": 3_600_000,
        "order": 0,
        "isOther": False,
    }
    totals = [sum(value["value"] or 0 for value in line["values"]) for line in lines]
    asked = [("dataset", "spans"), ("field", "count()"), ("query", "is_transaction:true")]
    (whole,) = ask(grafana, "events/", [*asked, *span_of_time()])["data"]
    assert sum(totals) == whole["count()"]
    assert totals[0] >= totals[1]
    assert lines[0]["values"][-1]["incomplete"]
    assert not lines[0]["values"][0]["incomplete"]


def test_events_over_time_without_groups(grafana: Client) -> None:
    """Several figures are lines in the order in which they were asked."""
    pairs = [
        ("dataset", "discover"),
        ("excludeOther", "1"),
        ("interval", "300"),
        ("query", ""),
        ("yAxis", "count()"),
        ("yAxis", "count_unique(user)"),
        *span_of_time(),
    ]
    lines = ask(grafana, "events-timeseries/", pairs)["timeSeries"]
    assert [line["yAxis"] for line in lines] == ["count()", "count_unique(user)"]
    assert all("groupBy" not in line for line in lines)
    starts = [value["timestamp"] for value in lines[0]["values"]]
    assert {after - before for before, after in pairwise(starts)} == {300_000}


def test_events_over_time_by_group_are_asked_the_older_way(grafana: Client) -> None:
    """A line by the group's name, with its place."""
    pairs = [
        ("excludeOther", "1"),
        ("field", "environment"),
        ("interval", "1h"),
        ("partial", "1"),
        ("query", ""),
        ("sort", "-count()"),
        ("topEvents", "10"),
        ("yAxis", "count()"),
        *span_of_time(),
    ]
    found = ask(grafana, "events-stats/", pairs)
    assert found
    assert all({"data", "order"} <= set(line) for line in found.values())


def test_issues(grafana: Client) -> None:
    """It asks for ten thousand at once, and reads times, counts and what is nobody's."""
    pairs = [
        ("limit", "10000"),
        ("query", ""),
        ("sort", "date"),
        *span_of_time("%Y-%m-%dT%H:%M:%S"),
    ]
    issues = ask(grafana, "issues/", pairs)
    for issue in issues:
        assert isinstance(issue["count"], str)
        assert datetime.fromisoformat(issue["lifetime"]["firstSeen"])
        assert {"id", "slug", "name", "platform"} <= set(issue["project"])


@pytest.mark.parametrize("field", ["crash_free_rate(session)", "sum(session)"])
def test_sessions(grafana: Client, field: str) -> None:
    """Of each release, with the order and the number that it wants."""
    pairs = [
        ("includeSeries", "1"),
        ("interval", "30m"),
        ("groupBy", "release"),
        ("orderBy", f"-{field}"),
        ("per_page", "5"),
        ("field", field),
        *span_of_time("%Y-%m-%dT%H:%M:%S"),
    ]
    found = ask(grafana, "sessions/", pairs)
    for group in found["groups"]:
        assert len(group["series"][field]) == len(found["intervals"])


def test_statistics(grafana: Client) -> None:
    """What was taken and refused."""
    pairs = [
        ("category", "error"),
        ("field", "sum(quantity)"),
        ("groupBy", "outcome"),
        ("interval", "1h"),
        *span_of_time("%Y-%m-%dT%H:%M:%S"),
    ]
    found = ask(grafana, "stats_v2/", pairs)
    for group in found["groups"]:
        assert len(group["series"]["sum(quantity)"]) == len(found["intervals"])
