"""Any question over the API: the six that teams ask every day, Sentry's shapes, refusals."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import floor
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.tracing import ROUTES, send_day
from tests.web.walk import bearer
from tests.web.world import World, send_events

SENT = "!transaction:/till"  # the one that everybody has is left out
HERE = "/api/0/organizations/lantern/"
OURS = "error_type:[bolna_api_failure,timeout]"
ERRORS = (("bolna_api_failure", "u1", 3), ("bolna_api_failure", "u2", 1), ("timeout", "u1", 2))


def send_questions_of_every_day(world: World) -> list[dict[str, Any]]:
    """A day of transactions, and errors that a team tags."""
    for number, (kind, user, count) in enumerate(ERRORS):
        payload = {
            **samples.MESSAGE,
            "event_id": f"{number + 1:x}" * 32,
            "tags": {"error_type": kind, "user_id": user},
            "user": {"id": user},
            "environment": "production",
            "release": f"shop@2.{number}.0",
        }
        send_events(world.stage, world.shop, payload, events=count, minutes=3)
    return send_day(world)


@pytest.fixture
def sent(world: World) -> list[dict[str, Any]]:
    return send_questions_of_every_day(world)


@pytest.fixture
def token(world: World, sent: list[dict[str, Any]]) -> Client:
    return bearer(world.organization)


def ask(client: Client, path: str = "events", status: int = 200, **query: Any) -> Any:
    answer = client.get(f"{HERE}{path}/", {"statsPeriod": "24h", **query})
    assert answer.status_code == status, answer.content
    return answer.json()


def took(one: dict[str, Any]) -> float:
    return float(one["timestamp"] - one["start_timestamp"]) * 1000


def quantile(values: list[float], share: float) -> float:
    values = sorted(values)
    place = (len(values) - 1) * share
    low = floor(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


def test_errors_counted_by_error_type(token: Client) -> None:
    body = ask(token, field=["error_type", "count()"], query=OURS, sort="-count()")
    assert [(row["error_type"], row["count()"]) for row in body["data"]] == [
        ("bolna_api_failure", 4),
        ("timeout", 2),
    ]
    assert body["meta"]["fields"] == {"error_type": "string", "count()": "integer"}


def test_p95_of_some_transactions_slowest_first(token: Client, sent: list[dict[str, Any]]) -> None:
    query = f"transaction:[{','.join(ROUTES[:3])}]"
    p95 = "p95(transaction.duration)"
    body = ask(
        token, dataset="transactions", field=["transaction", p95], query=query, sort=f"-{p95}"
    )
    by_name: dict[str, list[float]] = defaultdict(list)
    for one in sent:
        by_name[one["transaction"]].append(took(one))
    wanted = sorted(ROUTES[:3], key=lambda name: -quantile(by_name[name], 0.95))
    assert [row["transaction"] for row in body["data"]] == wanted
    for row in body["data"]:
        assert row[p95] == pytest.approx(quantile(by_name[row["transaction"]], 0.95), abs=0.01)
    assert body["meta"]["units"][p95] == "millisecond"
    lines = ask(
        token,
        "events-stats",
        dataset="transactions",
        yAxis=p95,
        field=["transaction"],
        query=query,
        topEvents="3",
        interval="1h",
    )
    assert set(lines) == set(wanted)
    assert sorted(lines, key=lambda name: lines[name]["order"]) == wanted


def test_errors_of_one_type_by_user(token: Client) -> None:
    body = ask(
        token,
        field=["user_id", "count()"],
        query="error_type:bolna_api_failure",
        sort="-count",
    )
    assert [(row["user_id"], row["count()"]) for row in body["data"]] == [("u1", 3), ("u2", 1)]


def test_error_rate_by_release_in_production(token: Client) -> None:
    body = ask(
        token, field=["release", "epm()"], query=f"environment:production {OURS}",
        sort="-epm()",
    )  # fmt: skip
    assert [row["release"] for row in body["data"]] == ["shop@2.0.0", "shop@2.2.0", "shop@2.1.0"]
    assert body["data"][0]["epm()"] == pytest.approx(3 / 1440, rel=0.01)


def test_users_affected_by_type(token: Client) -> None:
    body = ask(token, field=["error_type", "count_unique(user)"], query=OURS)
    assert {row["error_type"]: row["count_unique(user)"] for row in body["data"]} == {
        "bolna_api_failure": 2,
        "timeout": 1,
    }


def test_users_affected_by_issue(token: Client, world: World) -> None:
    """An issue is called by its short name, as it is searched for."""
    body = ask(token, field=["issue", "count_unique(user)"], query=OURS)
    name = world.issues["message"].short_name
    assert body["data"] == [{"issue": name, "count_unique(user)": 2}]
    assert body["meta"]["fields"]["issue"] == "string"
    found = ask(token, field=["issue", "count()"], query=f"issue:{name}")
    assert [row["issue"] for row in found["data"]] == [name]
    assert "no issue" in ask(token, field="count()", query="issue:SHOP-999", status=400)["detail"]


def test_share_of_failures_of_an_operation(token: Client, sent: list[dict[str, Any]]) -> None:
    body = ask(token, dataset="spans", field="failure_rate()", query="span.op:hms.connect")
    failed = sum(one["spans"][1]["status"] != "ok" for one in sent)
    assert body["data"][0]["failure_rate()"] == pytest.approx(failed / len(sent))


def test_single_rows_with_their_project_and_pages_of_them(token: Client) -> None:
    fields = ["id", "transaction", "transaction.duration", "project", "timestamp", "plan"]
    first = token.get(
        f"{HERE}events/",
        {
            "dataset": "transactions",
            "field": fields,
            "sort": "-timestamp",
            "per_page": 30,
            "query": SENT,
        },
    )
    rows = first.json()["data"]
    assert len(rows) == 30
    assert rows[0]["project"] == "shop"
    assert rows[0]["timestamp"].endswith("Z")
    assert len(rows[0]["id"]) == 32
    assert 'results="true"; cursor="o:30"' in first["Link"]
    second = token.get(
        f"{HERE}events/",
        {"dataset": "transactions", "field": fields, "sort": "-timestamp", "per_page": 30,
         "cursor": "o:30", "query": SENT},
    )  # fmt: skip
    assert len(second.json()["data"]) == 10
    ids = [row["id"] for row in (*rows, *second.json()["data"])]
    assert len(set(ids)) == 40


def test_the_id_of_a_span_is_its_own(token: Client) -> None:
    """Clients of Sentry link a span by it and its trace; a transaction's is its event's."""
    (row,) = ask(token, dataset="spans", field=["id", "span_id", "trace"], per_page=1)["data"]
    assert row["id"] == row["span_id"]
    (found,) = ask(
        token, dataset="spans", field=["trace"], query=f"id:{row['id']} trace:{row['trace']}"
    )["data"]
    assert found["trace"] == row["trace"]
    (event,) = ask(token, dataset="transactions", field=["id"], query=SENT, per_page=1)["data"]
    assert len(event["id"]) == 32


def test_one_line_has_every_step(token: Client) -> None:
    body = ask(
        token, "events-stats", dataset="transactions", yAxis="count()", interval="1h", query=SENT
    )
    counts = [bars[0]["count"] for _, bars in body["data"]]
    assert sum(counts) == 40
    assert len(counts) in (24, 25, 26)
    several = ask(token, "events-stats", dataset="transactions", yAxis=["count()", "p50()"])
    assert set(several) == {"count()", "p50()"}


def test_the_largest_groups_have_the_names_of_projects_and_issues(
    token: Client, world: World
) -> None:
    """Not their numbers; and a group that is called as the others are keeps a name of its own."""
    for kind in ("Other", "rare"):
        payload = {**samples.MESSAGE, "event_id": ("9e" if kind == "rare" else "9d") * 16,
                   "tags": {"error_type": kind}}  # fmt: skip
        send_events(world.stage, world.shop, payload, events=9, minutes=3)
    world.stage.work()

    def names(**query: Any) -> dict[str, float]:
        found = ask(token, "events-stats", yAxis="count()", interval="1d", **query)
        return {
            name: sum(bars[0]["count"] for _, bars in line["data"]) for name, line in found.items()
        }

    ours = "error_type:[Other,rare,bolna_api_failure,timeout]"
    assert names(field="project", topEvents=5, query=ours) == {"shop": 24}
    (issue, *_) = names(field=["issue"], topEvents=1)
    assert issue.startswith("SHOP-")
    by_type = names(field="error_type", topEvents=2, query=ours)
    assert by_type == {"Other (error_type)": 9, "rare": 9, "Other": 6}


def test_how_many(token: Client) -> None:
    assert ask(token, "events-meta", dataset="transactions", query=SENT) == {"count": 40}
    assert ask(token, "events-meta", query="error_type:timeout") == {"count": 2}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"field": "p95(title)"}, "numbers"),
        ({"field": "nothing()"}, "no function"),
        ({"field": "equation|count() / 2"}, "no field"),
        ({"field": "p95(span.duration", "dataset": "spans"}, "no field"),
        ({"dataset": "x"}, "no dataset"),
        ({"query": "(a:b"}, "Error parsing search query"),
        ({"query": "a:b OR count():>1", "field": "count()"}, "single events"),
        ({"field": ["transaction", "count()"], "sort": "-release"}, "not among the columns"),
    ],
)
def test_what_cannot_be_asked(token: Client, query: dict[str, Any], words: str) -> None:
    assert words in ask(token, status=400, **query)["detail"]


def test_only_what_may_be_seen(world: World, sent: list[dict[str, Any]], charlie: Client) -> None:
    for path in ("events", "events-stats", "events-meta"):
        assert charlie.get(f"{HERE}{path}/").status_code in (403, 404)


def test_keys_and_values_to_filter_by(token: Client, sent: list[dict[str, Any]]) -> None:
    """Of errors, and of the attributes of spans."""
    keys = {row["key"]: row["totalValues"] for row in ask(token, "tags", dataset="transactions")}
    assert keys["plan"] == len(sent)
    assert "error_type" in {row["key"] for row in ask(token, "tags")}
    values = ask(token, "tags/error_type/values")
    assert [(row["value"], row["count"]) for row in values] == [
        ("bolna_api_failure", 4),
        ("timeout", 2),
    ]
    assert values[0]["lastSeen"].endswith("Z")
    (one,) = ask(token, "tags/error_type/values", query="TIME")
    assert one["name"] == "timeout"
    ask(token, "tags", status=400, dataset="x")
    names = Counter(one["transaction"] for one in sent)
    found = ask(token, "tags/transaction/values", dataset="transactions", query="call")
    assert [(row["value"], row["count"]) for row in found] == [
        (name, count) for name, count in names.most_common() if "call" in name
    ]
    assert {row["value"] for row in ask(token, "tags/project/values")} == {"shop", "web"}
    statuses = ask(token, "tags/is_failed/values", dataset="transactions")
    assert {row["value"] for row in statuses} == {"true", "false"}
