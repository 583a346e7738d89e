"""What is read of segments, whatever strangers have sent beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.detecting.sending import looker, send_request, send_streamed, streamed
from tests.web.world import World
from vedette import clock
from vedette.detecting import reading
from vedette.projects.models import Project
from vedette.wire.envelope import new_event_id


def _span(trace: str, segment: str, *, span_id: str = "", **more: Any) -> dict[str, Any]:
    start = clock.timestamp() - 30
    attributes = {"sentry.op": "http.server", "sentry.segment.id": segment, **more.pop("tags", {})}
    return {
        "trace_id": trace,
        "span_id": span_id or new_event_id()[:16],
        "name": "/strange",
        "status": "ok",
        "start_timestamp": start,
        "end_timestamp": start + 1,
        "attributes": {
            key: {"value": value, "type": "string"} for key, value in attributes.items()
        },
        **more,
    }


def _send_mixed(world: World, project: Project, spans: int) -> None:
    """Two segments, and in the trace of the one very many spans that name the other."""
    traces = [new_event_id() for _ in range(2)]
    segments = [new_event_id()[:16] for _ in range(2)]
    own = [
        _span(trace, segment, span_id=segment, is_segment=True)
        for trace, segment in zip(traces, segments, strict=True)
    ]
    send_streamed(world, project, [*own, *(_span(traces[0], segments[1]) for _ in range(spans))])


@pytest.mark.parametrize("is_other", [True, False])
def test_spans_in_the_trace_of_another_segment_hide_no_problem(
    world: World, monkeypatch: pytest.MonkeyPatch, *, is_other: bool
) -> None:
    """Neither of the same project nor of another."""
    _send_mixed(world, world.shop, 100)
    send_request(world, world.web if is_other else world.shop)
    world.stage.work()
    monkeypatch.setattr(reading, "MOST_SPANS", 60)
    monkeypatch.setattr(reading, "MOST_TAGGED", 60)
    assert looker(world).look() == 1


def test_attributes_are_read_a_few_at_a_time_and_as_far_as_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a stranger's megabytes of attributes would end the process."""
    spans = streamed()
    for one in spans:
        one["attributes"]["sentry.op"]["value"] = "http.client"
        one["attributes"]["junk"] = {"value": "x" * 900, "type": "string"}
    send_streamed(world, world.shop, spans)
    world.stage.work()
    asked: list[int] = []
    ask = reading._ask

    def noted(store: Any, rows: Any, columns: Any, *where: Any, most: int) -> Any:
        found = ask(store, rows, columns, *where, most=most)
        if "tags" in columns:
            asked.append(sum(len(json.dumps(one["tags"])) for one in found))
        return found

    monkeypatch.setattr(reading, "_ask", noted)
    monkeypatch.setattr(reading, "TAGGED_AT_ONCE", 2)
    monkeypatch.setattr(reading, "CHARACTERS_AT_ONCE", 1000)
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 5000)
    looker(world).look()
    assert max(asked) < 2000
    assert 5000 < sum(asked) < 7000


def test_a_strangers_attributes_are_never_in_memory_all_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 80 MB in one segment, what is held stays within the bound of a reading, and what one
    answer of the store holds is a part of that."""
    spans = streamed()
    model = next(one for one in spans if not one.get("is_segment"))
    model["attributes"]["sentry.op"]["value"] = "http.client"
    for number in range(30):
        model["attributes"][f"junk{number}"] = {"value": "x" * 2000, "type": "string"}
    send_streamed(world, world.shop, spans)
    for _ in range(14):
        many = [{**model, "span_id": new_event_id()[:16]} for _ in range(100)]
        send_streamed(world, world.shop, many)
        world.stage.work()
    answers: list[int] = []
    ask = world.stage.flow.store.query

    def noted(select: Any, *args: Any, **kwargs: Any) -> Any:
        found = ask(select, *args, **kwargs)
        if "tags" in found.columns:
            answers.append(sum(len(json.dumps(one["tags"])) for one in found.dicts()))
        return found

    monkeypatch.setattr(world.stage.flow.store, "query", noted)
    looker(world).look()
    assert sum(answers) > 20 << 20
    assert max(answers) < 30 << 20
    assert sum(answers) < 64 << 20
