"""Assets and calls of models: figures against brute force over what was sent."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client

from tests.web.test_explore_api import quantile
from tests.web.test_insights_pages import child
from tests.web.test_performance_pages import scope
from tests.web.tracing import send_item, transaction
from tests.web.world import World
from vedette.telemetry.insights import Insight, kinds, list_insights

Spans = list[dict[str, Any]]


@pytest.fixture
def loads(world: World) -> Spans:
    """Twenty loads of two pages, each with a script of two builds, a style and an image."""
    spans: Spans = []
    for at in range(20):
        root = transaction(f"/page/{'ab'[at % 2]}", minutes=3 + at, took=3.0, op="pageload")
        build = "4f2a91c8" if at < 10 else "77aa01fe"
        size, is_cached = 400_000 + at * 1000, at % 4 == 0
        made = [
            child(root, "resource.script", f"https://cdn.example/app.{build}.js", 0.2 + at / 100,
                  **{"http.response_content_length": size,
                     "http.response_transfer_size": 0 if is_cached else size + 300,
                     "resource.render_blocking_status": "blocking"}),
            child(root, "resource.css", "https://cdn.example/app.css", 0.1,
                  **{"http.response_content_length": 20_000,
                     "resource.render_blocking_status": "non-blocking" if at % 2 else "blocking"}),
            child(root, "resource.img", "https://cdn.example/hero.jpg", 0.3),
        ]  # fmt: skip
        send_item(world, world.shop, "transaction", {**root, "spans": made})
        spans += [{**one, "page": root["transaction"]} for one in made]
    world.stage.work()
    return spans


@pytest.fixture
def talks(world: World) -> None:
    """Twelve requests in which an agent asks a model twice and uses a tool once."""
    for at in range(12):
        root = transaction("/chat", minutes=3 + at, took=4.0)
        model = "gpt-4o" if at % 3 else "claude-sonnet-4"
        agent = child(root, "gen_ai.invoke_agent", "invoke_agent helper", 3.0,
                      **{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper",
                         "gen_ai.request.model": model,
                         "gen_ai.usage.input_tokens": 999_999})  # fmt: skip
        calls = [
            child(root, "gen_ai.chat", f"chat {model}", 0.5 + at / 10 + one,
                  **{"gen_ai.operation.name": "chat", "gen_ai.request.model": model,
                     "gen_ai.agent.name": "helper", "gen_ai.system": "openai",
                     "gen_ai.usage.input_tokens": 100 + at, "gen_ai.usage.output_tokens": 10,
                     "gen_ai.usage.input_tokens.cached": 40,
                     **({"gen_ai.usage.total_cost": 0.25} if model == "gpt-4o" else {})},
                  status="ok" if at or one else "internal_error")
            for one in range(2)
        ]  # fmt: skip
        tool = child(root, "gen_ai.execute_tool", "execute_tool search", 0.2,
                     **{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search",
                        "gen_ai.agent.name": "helper"})  # fmt: skip
        send_item(world, world.shop, "transaction", {**root, "spans": [agent, *calls, tool]})
    world.stage.work()


def by_name(world: World, view: str, way: str) -> dict[str, Insight]:
    found, _ = list_insights(
        scope(world), kinds()[view], "transaction:[/chat,/page/a,/page/b]", way=way
    )
    return {one.about: one for one in found}


def test_assets_are_counted_by_file_without_their_build(world: World, loads: Spans) -> None:
    """Number, size, what went over the network, what blocks, what was cached."""
    files = by_name(world, "assets", "file")
    assert set(files) == {"cdn.example/app.*.js", "cdn.example/app.css", "cdn.example/hero.jpg"}
    script = files["cdn.example/app.*.js"].figures
    mine = [one for one in loads if one["op"] == "resource.script"]
    times = [(one["timestamp"] - one["start_timestamp"]) * 1000 for one in mine]
    sizes = [one["data"]["http.response_content_length"] for one in mine]
    assert script["count"] == 20
    assert script["size"] == pytest.approx(sum(sizes) / 20)
    assert script["sent"] == sum(one["data"]["http.response_transfer_size"] for one in mine)
    assert script["p95"] == pytest.approx(quantile(times, 0.95), abs=0.01)
    assert script["blocking"] == 1.0
    assert script["cached"] == pytest.approx(0.25)
    assert files["cdn.example/app.css"].figures["blocking"] == pytest.approx(0.5)
    assert files["cdn.example/app.css"].figures["cached"] is None
    assert files["cdn.example/hero.jpg"].figures["size"] is None


def test_and_by_type_and_page(world: World, loads: Spans) -> None:
    """The same spans, counted otherwise."""
    types, pages = by_name(world, "assets", "type"), by_name(world, "assets", "page")
    assert {name: one.figures["count"] for name, one in types.items()} == {
        "script": 20, "css": 20, "img": 20}  # fmt: skip
    counts: dict[str, int] = defaultdict(int)
    for one in loads:
        counts[one["page"]] += 1
    assert {name: one.figures["count"] for name, one in pages.items()} == counts


def test_models_have_the_tokens_of_their_calls(world: World, talks: None) -> None:
    """Not those of the agent around them; a cost where the sender says one, else none."""
    models = by_name(world, "models", "model")
    gpt, claude = models["gpt-4o"].figures, models["claude-sonnet-4"].figures
    mine = [at for at in range(12) if at % 3]
    assert gpt["calls"] == 16
    assert gpt["input"] == sum(2 * (100 + at) for at in mine)
    assert (gpt["output"], gpt["cached"]) == (160, 640)
    assert gpt["cost"] == pytest.approx(4.0)
    assert claude["calls"] == 8
    assert claude["cost"] is None
    assert gpt["reasoning"] is None
    assert claude["failures"] == pytest.approx(1 / 8)
    times = [(0.5 + at / 10 + one) * 1000 for at in mine for one in range(2)]
    assert gpt["p95"] == pytest.approx(quantile(times, 0.95), abs=0.01)


def test_agents_tools_and_operations(world: World, talks: None) -> None:
    """A run of an agent counts once, with the tokens and tools of its calls."""
    (agent,) = by_name(world, "models", "agent").values()
    assert (agent.about, agent.figures["calls"], agent.figures["tools"]) == ("helper", 12, 12)
    assert agent.figures["p95"] == pytest.approx(3000, abs=0.1)
    assert agent.figures["input"] == sum(2 * (100 + at) for at in range(12))
    (tool,) = by_name(world, "models", "tool").values()
    assert (tool.about, tool.figures["calls"]) == ("search", 12)
    operations = by_name(world, "models", "operation")
    assert {name: one.figures["calls"] for name, one in operations.items()} == {
        "chat": 24, "invoke_agent": 12, "execute_tool": 12}  # fmt: skip


def test_the_pages_show_them(world: World, alice: Client, loads: Spans, talks: None) -> None:
    """Every way to count, and a row in detail."""
    for view, ways in (("assets", 3), ("models", 4)):
        page = alice.get("/performance/insights/", {"view": view}).content.decode()
        assert page.count('aria-label="Counted by"') == 1
        assert len(re.findall(r"by=\w+", page)) >= ways
    page = alice.get("/performance/insights/", {"view": "models"}).content.decode()
    assert "unknown" in page
    assert "$4.00" in page
    found = alice.get(
        "/performance/insights/", {"view": "models", "by": "agent", "about": "helper"}
    ).content.decode()
    assert "/chat" in found
    assert "invoke_agent helper" in found


def test_another_organisation_sees_none(world: World, charlie: Client, talks: None) -> None:
    """Neither models nor agents."""
    for way in ("model", "agent", "tool", "operation"):
        answer = charlie.get("/performance/insights/", {"view": "models", "by": way})
        assert "gpt-4o" not in answer.content.decode()
        assert "helper" not in answer.content.decode()
