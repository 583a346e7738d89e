"""One trace: its page, the data of the waterfall, a span in detail, who may see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.tracing import send_item, transaction
from tests.web.walk import bearer
from tests.web.world import SPAN, TRACE, World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.telemetry import traces

CHAIN = "5a" * 16
ENTRY, CALL, INNER = "1a" * 8, "2b" * 8, "3c" * 8


@pytest.fixture
def chain(world: World) -> str:
    """A browser calls a service, which fails with an error."""
    front = transaction(
        "/checkout", minutes=2, took=2.0, trace_id=CHAIN, span_id=ENTRY, op="pageload"
    )
    front["spans"] = [
        {
            "span_id": CALL,
            "parent_span_id": ENTRY,
            "op": "http.client",
            "description": "POST https://shop.example/orders/7",
            "start_timestamp": front["start_timestamp"] + 0.5,
            "timestamp": front["start_timestamp"] + 1.5,
        }
    ]
    back = transaction(
        "POST /orders", minutes=2.01, took=0.9, trace_id=CHAIN, span_id=INNER,
        parent_span_id=CALL, status="internal_error",
    )  # fmt: skip
    error = {
        **samples.MESSAGE,
        "event_id": "9" * 32,
        "timestamp": clock.timestamp() - 121,
        "contexts": {"trace": {"trace_id": CHAIN, "span_id": INNER}},
    }
    send_item(world, world.web, "transaction", front)
    send_item(world, world.shop, "transaction", back)
    world.stage.send(world.shop, error)
    world.stage.work()
    return CHAIN


def data(client: Client, trace: str) -> dict[str, Any]:
    answer = client.get(f"/traces/{trace}/spans/")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_services_and_their_error_are_one_waterfall(alice: Client, chain: str) -> None:
    found = data(alice, chain)
    order = [(span[0], span[1], span[2]) for span in found["spans"]]
    assert order[:3] == [(ENTRY, 0, 4), (CALL, 1, 3), (INNER, 2, 2)]
    assert found["services"] == ["web", "shop"]
    (error,) = found["errors"]
    assert error["span"] == INNER
    assert error["href"].startswith("/issues/")
    page = alice.get(f"/traces/{chain}/").content.decode()
    assert "/checkout" in page
    assert "2 s" in page
    assert error["href"] in page
    assert "POST https://shop.example/orders/7" in page  # without scripts, too


def test_a_span_in_detail(alice: Client, chain: str) -> None:
    answer = alice.get(f"/traces/{chain}/spans/{CALL}/")
    words = answer.content.decode()
    assert "POST shop.example/orders/*" in words
    assert "shop@1.0.0" in words
    query = alice.get(f"/traces/{TRACE}/spans/{SPAN}/").content.decode()
    assert "http.server" in query
    segment = alice.get(f"/traces/{chain}/spans/{INNER}/").content.decode()
    assert "MainThread" in segment
    assert f"span={CALL}" in words
    assert alice.get(f"/traces/{chain}/spans/{'0' * 16}/").status_code == 404
    assert alice.get(f"/traces/{chain}/spans/x/").status_code == 404


def test_a_project_that_may_not_be_seen_leaves_a_gap(world: World, bob: Client, chain: str) -> None:
    """Bob sees the browser's part: the service's spans and its error are not there."""
    membership = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=membership.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=membership, project=world.web)
    found = data(bob, chain)
    assert [span[0] for span in found["spans"]] == [ENTRY, CALL]
    assert found["errors"] == []


def test_any_spelling_and_any_hint(alice: Client) -> None:
    """With dashes, in capitals; a time that is wrong or none."""
    dashed = f"{TRACE[:8]}-{TRACE[8:12]}-{TRACE[12:16]}-{TRACE[16:20]}-{TRACE[20:]}".upper()
    for query in ("", "?at=1", "?at=x", f"?at={int(clock.timestamp())}", "?at=99999999999"):
        assert alice.get(f"/traces/{dashed}/{query}").status_code == 200
    assert alice.get("/traces/zz/").status_code == 404
    answer = alice.get(f"/traces/{'0f' * 16}/")
    assert answer.status_code == 404
    assert "Nothing is kept of this trace" in answer.content.decode()


def test_an_issue_leads_to_its_trace_and_an_id_jumps_to_it(alice: Client, chain: str) -> None:
    issue = data(alice, chain)["errors"][0]["href"]
    assert f"/traces/{chain}/?at=" in alice.get(issue).content.decode()
    assert alice.get("/jump/", {"text": TRACE})["Location"] == f"/traces/{TRACE}/"
    assert SPAN in str(data(alice, TRACE)["spans"])


def test_the_trace_over_the_api(world: World, charlie: Client, chain: str) -> None:
    """Spans within spans, their errors, and how much there is."""
    token = bearer(world.organization)
    here = "/api/0/organizations/lantern/"
    (root,) = token.get(f"{here}trace/{chain}/").json()
    assert (root["event_id"], root["is_transaction"], root["project_slug"]) == (ENTRY, True, "web")
    (call,) = root["children"]
    (inner,) = call["children"]
    assert inner["event_id"] == INNER
    (error,) = inner["errors"]
    assert error["event_id"] == "9" * 32
    assert error["issue_id"]
    assert len(inner["children"]) == 2
    meta = token.get(f"{here}trace-meta/{chain}/", {"timestamp": "1.5"}).json()
    assert (meta["errors"], meta["span_count"]) == (1, 5)
    assert meta["span_count_map"]["db"] == 1
    for path in ("trace", "trace-meta"):
        assert token.get(f"{here}{path}/zz/").status_code == 404
        assert token.get(f"{here}{path}/{'0f' * 16}/").status_code == 404
        assert token.get(f"{here}{path}/{chain}/", {"timestamp": "x"}).status_code == 400
        assert charlie.get(f"{here}{path}/{chain}/").status_code in (403, 404)


def test_of_a_trace_that_is_too_long_the_frame_is_shown(
    world: World, alice: Client, chain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What began it and what took long, whenever it ended; and how much there is in all."""
    for number in range(3):
        error = {
            **samples.MESSAGE,
            "event_id": f"{number}8" * 16,
            "timestamp": clock.timestamp() - 121,
            "contexts": {"trace": {"trace_id": CHAIN, "span_id": INNER}},
        }
        world.stage.send(world.shop, error)
    world.stage.work()
    monkeypatch.setattr(traces, "MOST_SPANS", 3)
    monkeypatch.setattr(traces, "MOST_ERRORS", 2)
    shown = data(alice, chain)
    assert [(span[0], span[1]) for span in shown["spans"]] == [(ENTRY, 0), (CALL, 1), (INNER, 2)]
    assert len(shown["errors"]) == 2
    page = alice.get(f"/traces/{chain}/").content.decode()
    assert "Of 5 spans" in re.sub(r"<[^>]+>", "", page)
    assert re.search(r"<dt>Errors</dt><dd[^>]*>(<[^>]+>)?4<", page)
    meta = (
        bearer(world.organization).get(f"/api/0/organizations/lantern/trace-meta/{chain}/").json()
    )
    assert (meta["errors"], meta["span_count"]) == (4, 5)


def test_a_visit_goes_on_in_the_next_trace(world: World, alice: Client, chain: str) -> None:
    """Browsers link the page before; each of the two leads to the other."""
    following = "6b" * 16
    event = transaction("/thanks", minutes=1, took=0.5, trace_id=following)
    link = {"trace_id": chain, "span_id": ENTRY, "attributes": {"sentry.link.type": "previous"}}
    event["contexts"]["trace"]["links"] = [link]
    send_item(world, world.web, "transaction", event)
    world.stage.work()
    assert f'href="/traces/{chain}/"' in alice.get(f"/traces/{following}/").content.decode()
    page = alice.get(f"/traces/{chain}/").content.decode()
    assert f'href="/traces/{following}/"' in page
    assert "Previous trace" not in page
