"""Databases, hosts, caches, queues, web vitals: figures against brute force over what was sent."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.test import Client

from tests.web.test_explore_api import quantile
from tests.web.test_performance_pages import scope
from tests.web.tracing import send_item, transaction
from tests.web.world import World
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.explore.vitals import VITALS
from vedette.telemetry.insights import callers, kinds, list_insights, slowest_spans
from vedette.telemetry.vitals import list_vitals
from vedette.wire.envelope import new_event_id

VIEWS = ("queries", "http", "caches", "queues", "assets", "models", "vitals")
OURS = "!transaction:/till"
Spans = list[dict[str, Any]]


def child(root: dict[str, Any], op: str, words: str, took: float, **more: Any) -> dict[str, Any]:
    return {
        "span_id": new_event_id()[:16],
        "parent_span_id": root["contexts"]["trace"]["span_id"],
        "op": op,
        "description": words,
        "start_timestamp": root["start_timestamp"],
        "timestamp": root["start_timestamp"] + took,
        "status": more.pop("status", "ok"),
        "data": more,
    }


@pytest.fixture
def sent(world: World) -> Spans:
    """Thirty transactions of two routes with queries, requests, look-ups and messages."""
    chance, spans = random.Random(8), []
    for at in range(30):
        root = transaction(f"/route/{at % 2}", minutes=3 + at, took=2.0)
        made = [
            child(root, "db", f"SELECT * FROM users WHERE id = {one}", chance.random(),
                  **{"db.system": "postgresql"})
            for one in range(1 + at % 3)
        ]  # fmt: skip
        made.append(
            child(root, "http.client", "GET https://pay.example/cards/7", chance.random(),
                  **{"http.response.status_code": (200, 404, 500)[at % 3]},
                  status="ok" if at % 3 == 0 else "internal_error")
        )  # fmt: skip
        made.append(
            child(root, "cache.get", f"basket:{at}", chance.random() / 100,
                  **{"cache.hit": at % 5 != 0})
        )  # fmt: skip
        queue = {"messaging.destination.name": "mails", "messaging.system": "rabbitmq"}
        made.append(child(root, "queue.publish", "mails", 0.001, **queue))
        if at % 2:
            lag = {"messaging.message.receive.latency": float(at * 10)}
            made.append(child(root, "queue.process", "mails", chance.random(), **queue, **lag))
        send_item(world, world.shop, "transaction", {**root, "spans": made})
        spans += [{**one, "route": root["transaction"]} for one in made]
    world.stage.work()
    return spans


def times(spans: Spans) -> list[float]:
    return [(one["timestamp"] - one["start_timestamp"]) * 1000 for one in spans]


def of(spans: Spans, op: str) -> Spans:
    return [one for one in spans if one["op"] == op]


def test_queries_are_counted_without_their_values(world: World, sent: Spans) -> None:
    """Number, time, percentiles, how many in each transaction, how many callers."""
    ((found,), _) = list_insights(scope(world), kinds()["queries"], OURS)
    mine = times(of(sent, "db"))
    assert (found.about, found.system) == ("SELECT * FROM users WHERE id = %s", "postgresql")
    assert found.figures["count"] == len(mine) == 60
    assert found.figures["total"] == pytest.approx(sum(mine), abs=0.1)
    assert found.figures["p95"] == pytest.approx(quantile(mine, 0.95), abs=0.01)
    assert found.figures["each"] == pytest.approx(2, rel=0.15)
    assert found.figures["callers"] == pytest.approx(2, rel=0.15)


def test_requests_are_counted_by_host_and_status(world: World, sent: Spans) -> None:
    """A third of the answers were refusals, a third failures of the host."""
    ((found,), _) = list_insights(scope(world), kinds()["http"], "")
    assert found.about == "pay.example"
    assert found.figures["refused"] == found.figures["broken"] == pytest.approx(1 / 3)
    assert found.figures["failures"] == pytest.approx(2 / 3)


def test_caches_have_a_hit_rate(world: World, sent: Spans) -> None:
    """Four of five look-ups found something."""
    ((found,), _) = list_insights(scope(world), kinds()["caches"], "")
    assert found.about == "basket:*"
    assert found.figures["hits"] == pytest.approx(0.8)


def test_queues_tell_what_was_sent_done_and_waited_for(world: World, sent: Spans) -> None:
    """Publishing is no work: percentiles are of what was processed."""
    ((found,), _) = list_insights(scope(world), kinds()["queues"], "")
    done = times(of(sent, "queue.process"))
    lags = [float(at * 10) for at in range(30) if at % 2]
    assert (found.about, found.figures["sent"], found.figures["done"]) == ("mails", 30, 15)
    assert found.figures["p95"] == pytest.approx(quantile(done, 0.95), abs=0.01)
    assert found.figures["total"] == pytest.approx(sum(done), abs=0.1)
    assert found.figures["lag"] == pytest.approx(quantile(lags, 0.5))
    assert found.figures["lag95"] == pytest.approx(quantile(lags, 0.95))


def test_a_query_names_its_callers_and_its_slowest_spans(
    world: World, alice: Client, sent: Spans
) -> None:
    """Each leads on: to the transaction, to the trace."""
    kind, words = kinds()["queries"], "SELECT * FROM users WHERE id = %s"
    found = {one.transaction: one.figures["count"] for one in callers(scope(world), kind, words)}
    queries = of(sent, "db")
    assert found == {
        name: sum(one["route"] == name for one in queries) for name in ("/route/0", "/route/1")
    }
    slowest = sorted(queries, key=lambda one: one["start_timestamp"] - one["timestamp"])[:5]
    assert [one.span_id for one in slowest_spans(scope(world), kind, words)] == [
        one["span_id"] for one in slowest
    ]
    page = alice.get("/performance/insights/", {"view": "queries", "about": words})
    body = page.content.decode()
    assert "/performance/transaction/?transaction=%2Froute%2F0" in body
    assert len(re.findall(r'href="/traces/[0-9a-f]{32}/', body)) == 5


def test_a_table_is_sorted_and_searched(world: World, alice: Client, sent: Spans) -> None:
    """By any column; figures of groups cannot be searched, which is said."""
    one = transaction("/other", minutes=1, took=3.0)
    spans = [child(one, "db", "DELETE FROM baskets", 2.9)]
    send_item(world, world.shop, "transaction", {**one, "spans": spans})
    world.stage.work()

    def rows(**query: str) -> list[str]:
        answer = alice.get("/performance/insights/", {"view": "queries", "query": OURS, **query})
        assert answer.status_code == 200
        return re.findall(r'perf-name"><a [^>]+><code>(\w+)', answer.content.decode())

    assert rows(sort="-p95") == ["DELETE", "SELECT"]
    assert rows(sort="-total") == ["SELECT", "DELETE"]
    assert rows(query="transaction:/other") == ["DELETE"]
    refused = alice.get("/performance/insights/", {"view": "queries", "query": "p95():>1s"})
    assert b'id="query-error"' in refused.content


VALUES = {
    "lcp": (1000, 2500, 3000, 5000),
    "inp": (100, 200, 300, 600),
    "cls": (0.05, 0.1, 0.2, 0.3),
}


def test_web_vitals_are_judged_by_page_and_browser(world: World, alice: Client) -> None:
    """From measurements of transactions and attributes of spans alike."""
    for at in range(4):
        root = transaction("/shop", minutes=2 + at, took=1.0, op="pageload")
        root["contexts"]["browser"] = {"name": "Firefox"}
        root["measurements"] = {"lcp": {"value": VALUES["lcp"][at], "unit": "millisecond"}}
        values = {f"browser.web_vital.{name}.value": VALUES[name][at] for name in ("inp", "cls")}
        root["spans"] = [child(root, "ui.interaction.click", "body", 0.1, **values)]
        send_item(world, world.web, "transaction", root)
    world.stage.work()
    (page,) = list_vitals(scope(world), "transaction", "")
    assert page.name == "/shop"
    lcp, inp, cls, fcp, ttfb = page.vitals
    assert (fcp, ttfb) == (None, None)
    for name, found in (("lcp", lcp), ("inp", inp), ("cls", cls)):
        assert found is not None
        assert (found.vital, found.count) == (VITALS[name], 4)
        assert (found.good, found.meh, found.poor) == (0.5, 0.25, 0.25)
        assert found.p75 == pytest.approx(quantile(list(VALUES[name]), 0.75))
        assert found.verdict == "meh"
    (browser,) = list_vitals(scope(world), "browser_name", "")
    assert browser.name == "Firefox"
    body = alice.get("/performance/insights/", {"view": "vitals"}).content.decode()
    assert "50 % good, 25 % middling, 25 % poor of 4" in body


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_says_what_must_be_sent(world: World, alice: Client, view: str) -> None:
    """Before the first span of a kind, and where a search finds none."""
    empty = alice.get("/performance/insights/", {"view": view, "project": world.web.slug})
    assert b'class="empty"' in empty.content
    none = alice.get("/performance/insights/", {"view": view, "query": "transaction:/nowhere"})
    assert b"Nothing matches" in none.content


@pytest.mark.parametrize("view", VIEWS)
def test_a_teammate_sees_only_what_is_of_his_projects(
    world: World, bob: Client, sent: Spans, view: str
) -> None:
    """Neither in the table nor by the words of a query of another project."""
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    body = bob.get("/performance/insights/", {"view": view}).content
    assert b'class="empty"' in body
    about = {"view": view, "about": "SELECT * FROM users WHERE id = %s"}
    assert b'class="empty"' in bob.get("/performance/insights/", about).content
