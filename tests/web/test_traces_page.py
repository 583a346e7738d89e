"""The list of traces: order, search, what each row leads to, who may see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.tracing import send_day, send_item, transaction
from tests.web.world import World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.telemetry import spans

SENT = "!transaction:/till"  # the one that everybody has is left out


@pytest.fixture
def sent(world: World) -> list[dict[str, Any]]:
    return send_day(world)


def trace_of(one: dict[str, Any]) -> str:
    trace: str = one["contexts"]["trace"]["trace_id"]
    return trace


def listed(client: Client, **query: str) -> list[str]:
    """The traces of the rows, in their order."""
    answer = client.get("/traces/", {"period": "24h", **query})
    assert answer.status_code == 200
    return re.findall(r'href="/traces/([0-9a-f]{32})/\?at=', answer.content.decode())


def test_the_newest_come_first(alice: Client, sent: list[dict[str, Any]]) -> None:
    """Each transaction has a row that leads to its trace."""
    wanted = sorted(sent, key=lambda one: -one["timestamp"])
    assert listed(alice, query=SENT) == [trace_of(one) for one in wanted]


def test_the_slowest_come_first_where_that_is_asked(
    alice: Client, sent: list[dict[str, Any]]
) -> None:
    """By how long they took."""
    wanted = sorted(sent, key=lambda one: one["start_timestamp"] - one["timestamp"])
    assert listed(alice, query=SENT, sort="slowest") == [trace_of(one) for one in wanted]


def test_a_search_chooses_transactions(alice: Client, sent: list[dict[str, Any]]) -> None:
    """By name, duration and any attribute."""
    wanted = {
        trace_of(one)
        for one in sent
        if one["tags"]["plan"] == "free" and one["timestamp"] - one["start_timestamp"] > 0.5
    }
    assert set(listed(alice, query=f"{SENT} plan:free duration:>500ms")) == wanted
    assert wanted


@pytest.mark.parametrize("query", ["duration:>", "p95():>1s"])
def test_a_search_that_cannot_be_read_says_why(world: World, alice: Client, query: str) -> None:
    """In words, without an empty state that blames the data."""
    answer = alice.get("/traces/", {"query": query})
    assert answer.status_code == 200
    assert b'id="query-error"' in answer.content
    assert b"No transaction" not in answer.content


def test_pages_follow_each_other(world: World, alice: Client) -> None:
    """Nothing is left out and nothing comes twice."""
    for number in range(60):
        send_item(world, world.shop, "transaction", transaction("/many", minutes=1, took=number))
    world.stage.work()
    first = listed(alice, query="transaction:/many", sort="slowest")
    second = listed(alice, query="transaction:/many", sort="slowest", cursor="o:50")
    assert (len(first), len(second)) == (50, 10)
    assert len({*first, *second}) == 60
    assert alice.get("/traces/", {"cursor": "nonsense"}).status_code == 400


def test_a_row_says_how_large_its_trace_is(world: World, alice: Client) -> None:
    """Spans and errors, in a fixed number of questions."""
    one = transaction("/large", minutes=1, took=1.0)
    send_item(world, world.shop, "transaction", one)
    error = {
        **samples.MESSAGE,
        "event_id": "9" * 32,
        "timestamp": clock.timestamp() - 61,
        "contexts": {"trace": {"trace_id": trace_of(one), "span_id": "1" * 16}},
    }
    world.stage.send(world.shop, error)
    world.stage.work()
    body = alice.get("/traces/", {"query": "transaction:/large"}).content.decode()
    assert re.findall(r'<td class="right"><span title="(\d+)">', body) == ["3"]
    assert 'class="traces-bad"><span title="1">' in body


def test_the_number_of_questions_does_not_grow_with_the_rows(
    alice: Client, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for the rows, two for what their traces hold."""
    asked: list[object] = []
    real = spans.store

    class Counting:
        def query(self, select: Any) -> Any:
            asked.append(select)
            return real().query(select)

    monkeypatch.setattr(spans, "store", Counting)
    assert len(listed(alice, query=SENT)) == 40
    assert len(asked) == 2


def test_nothing_in_the_range_says_what_to_do(world: World, alice: Client) -> None:
    """Before the first transaction, and where a search finds none."""
    empty = alice.get("/traces/", {"project": world.web.slug})
    assert b"traces_sample_rate" in empty.content
    none = alice.get("/traces/", {"query": "transaction:/nowhere"})
    assert b"No transaction matches" in none.content


def test_a_teammate_sees_only_what_is_of_his_projects(
    world: World, bob: Client, sent: list[dict[str, Any]]
) -> None:
    """Transactions of other projects are not in the list, nor counted in traces."""
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    assert listed(bob) == []
