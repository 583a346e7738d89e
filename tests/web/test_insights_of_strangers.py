"""Insights of what browsers hide, senders get wrong, and of very many things."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.test_insights_pages import child
from tests.web.test_performance_pages import scope
from tests.web.tracing import send_item, transaction
from tests.web.world import World
from vedette.telemetry import insights
from vedette.telemetry.insights import Insight, kinds, list_insights

PAGE = {"op": "pageload", "minutes": 3.0, "took": 2.0}
SIZE, SENT = "http.response_content_length", "http.response_transfer_size"


def send(world: World, root: dict[str, Any], spans: list[dict[str, Any]], rate: str = "1") -> None:
    """One transaction with its spans, sampled at a rate."""
    held = {"trace": {"trace_id": root["contexts"]["trace"]["trace_id"], "sample_rate": rate}}
    send_item(world, world.shop, "transaction", {**root, "spans": spans}, held)
    world.stage.work()


def found(world: World, view: str, of: str) -> dict[str, Insight]:
    """The groups of one transaction."""
    rows, _ = list_insights(scope(world), kinds()[view], f"transaction:{of}")
    return {one.about: one for one in rows}


def test_files_whose_sizes_a_browser_hides_came_from_no_cache(world: World) -> None:
    """It says zero of every size of a file of another host: that is not known, not nothing."""
    root = transaction("/hidden", **PAGE)
    hidden = child(root, "resource.script", "https://ads.example/a.js", 0.2, **{SIZE: 0, SENT: 0})
    shown = [
        child(root, "resource.script", "https://cdn.example/b.js", 0.2, **{SIZE: 500, SENT: sent})
        for sent in (0, 800)
    ]
    send(world, root, [hidden, *shown])
    rows = found(world, "assets", "/hidden")
    none = rows["ads.example/a.js"].figures
    assert (none["cached"], none["size"], none["sent"]) == (None, None, None)
    some = rows["cdn.example/b.js"].figures
    assert (some["cached"], some["size"], some["sent"]) == (0.5, 500, 800)


def test_what_went_over_the_network_is_that_of_all_not_of_the_sample(world: World) -> None:
    """As the number of loads beside it."""
    root = transaction("/sampled", **PAGE)
    file = child(root, "resource.script", "https://cdn.example/b.js", 0.2, **{SIZE: 500, SENT: 800})
    send(world, root, [file], "0.25")
    figures = found(world, "assets", "/sampled")["cdn.example/b.js"].figures
    assert (figures["count"], figures["sent"], figures["size"]) == (4, 3200, 500)


def test_what_a_page_holds_within_itself_is_one_thing(world: World) -> None:
    """Each data: and blob: address is another, and as long as its file."""
    root = transaction("/within", **PAGE)
    spans = [
        child(root, "resource.img", f"{start}{at:032x}", 0.1)
        for at in range(4)
        for start in ("data:image/png;base64,", "blob:https://shop.example/")
    ]
    send(world, root, spans)
    rows = found(world, "assets", "/within")
    assert {name: one.figures["count"] for name, one in rows.items()} == {"data:*": 4, "blob:*": 4}


@pytest.mark.parametrize("value", ["nan", "inf", "1e400", -5])
def test_numbers_that_are_none_do_not_count(world: World, value: object) -> None:
    """Neither tokens nor costs nor waits."""
    root = transaction("/odd", minutes=3.0, took=2.0)
    model = {"gen_ai.request.model": "m"}
    tokens, cost = "gen_ai.usage.input_tokens", "gen_ai.cost.total_tokens"
    queue = {"messaging.destination.name": "q", "messaging.message.receive.latency": value}
    spans = [
        child(root, "gen_ai.chat", "chat m", 0.2, **model, **{tokens: value, cost: value}),
        child(root, "gen_ai.chat", "chat m", 0.2, **model, **{tokens: 7, cost: 0.5}),
        child(root, "queue.process", "q", 0.1, **queue),
    ]
    send(world, root, spans)
    figures = found(world, "models", "/odd")["m"].figures
    assert (figures["calls"], figures["input"], figures["cost"]) == (2, 7, 0.5)
    assert found(world, "queues", "/odd")["q"].figures["lag"] is None


def test_how_often_a_transaction_asks_is_exact(world: World) -> None:
    """One in each of a thousand is one, not nine tenths."""
    for at in range(300):
        root = transaction("/often", minutes=1.0 + at / 10, took=1.0)
        spans = [child(root, "db", "SELECT * FROM users WHERE id = 7", 0.01)]
        item = {**root, "spans": spans}
        send_item(world, world.shop, "transaction", item)
    world.stage.work()
    (row,) = found(world, "queries", "/often").values()
    assert row.figures["each"] == 1.0


def test_more_than_a_page_of_them_have_pages(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is left out without a word."""
    root = transaction("/many", minutes=3.0, took=2.0)
    names = [f"table_{letter}" for letter in "abcde"]
    spans = [child(root, "db", f"SELECT * FROM {name}", 0.01) for name in names]
    send(world, root, spans)
    monkeypatch.setattr(insights, "MOST_ROWS", 2)
    monkeypatch.setattr("vedette.web.pages.performance.insights.MOST_ROWS", 2)
    address = "/performance/insights/?view=queries&query=transaction:/many&sort=about"
    seen, pages = [], 0
    while address:
        text = alice.get(address).content.decode()
        seen += [name for name in names if f"FROM {name}<" in text]
        pages += 1
        assert pages < 5
        _, _, rest = text.partition('rel="next"')
        before = text[: len(text) - len(rest)] if rest else ""
        address = before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        if address.startswith("?"):
            address = f"/performance/insights/{address}"
    assert sorted(seen) == names
    assert pages == 3
