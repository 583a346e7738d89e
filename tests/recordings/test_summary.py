"""What a segment of a recording came to: times, counts, and marks of the timeline."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from vedette.recordings import summary as module
from vedette.recordings.marks import MOST_BYTES, Mark, decode_marks, encode_marks
from vedette.recordings.summary import Summary, TooManyEvents, summarize

AT = 1795310774000  # milliseconds


def crumb(category: str, after: float = 0, message: str = "", **data: Any) -> dict[str, Any]:
    """A breadcrumb as the SDK writes it: its time in seconds within one in milliseconds."""
    level = data.pop("level", None)
    payload = {
        "category": category,
        "timestamp": AT / 1000 + after,
        "message": message,
        "data": data,
    }
    if level:
        payload["level"] = level
    timestamp = AT + after * 1000
    return {"type": 5, "timestamp": timestamp, "data": {"tag": "breadcrumb", "payload": payload}}


def span(op: str, description: str = "", after: float = 0, **data: Any) -> dict[str, Any]:
    """A span of the page's performance: seconds, even outside."""
    start = AT / 1000 + after
    payload = {
        "op": op,
        "description": description,
        "startTimestamp": start,
        "endTimestamp": start + 0.25,
        "data": data,
    }
    return {"type": 5, "timestamp": start, "data": {"tag": "performanceSpan", "payload": payload}}


def found(*events: Any) -> Summary:
    """The summary of these."""
    return summarize(json.dumps(events).encode())


def test_times_are_told_whatever_their_unit_and_order() -> None:
    """A span in seconds among events in milliseconds is no moment of 1970."""
    page = {"type": 4, "timestamp": AT + 900, "data": {"href": "https://shop.example/"}}
    whole = {"type": 2, "timestamp": AT + 100, "data": {"node": {}}}
    one = found(page, span("memory", after=2), whole)
    assert (one.first_ms, one.last_ms) == (AT + 100, AT + 900)
    assert one.marks[0].ms == AT + 2000
    assert one.has_snapshot


def test_a_moment_that_cannot_be_makes_no_replay_of_years() -> None:
    """One event a day off the others says nothing of when the replay began."""
    events = [{"type": 3, "timestamp": AT + at, "data": {}} for at in range(5)]
    one = found({"type": 3, "timestamp": 86_400_000_000_0}, *events)
    assert (one.first_ms, one.last_ms) == (AT, AT + 4)


def test_clicks_are_told_apart() -> None:
    """Nothing came of a dead one, a rage click is a dead one again and again, a slow one worked."""
    one = found(
        crumb("ui.click", 0, "body > button"),
        crumb("ui.slowClickDetected", 1, "a", endReason="timeout", clickCount=1),
        crumb("ui.slowClickDetected", 2, "b", endReason="timeout", clickCount=7),
        crumb("ui.slowClickDetected", 3, "c", endReason="mutation", timeAfterClickMs=3200),
        crumb("ui.multiClick", 4, "d", clickCount=9),
    )
    assert [mark.kind for mark in one.marks] == ["click", "dead", "rage", "slow", "click"]
    assert (one.clicks, one.dead_clicks, one.rage_clicks, one.slow_clicks) == (2, 2, 1, 1)
    assert one.marks[3].detail["after"] == 3200


def test_errors_of_console_and_network_are_counted() -> None:
    """A warning and an answer are marks, not errors."""
    one = found(
        crumb("console", 0, "it broke", level="error"),
        crumb("console", 1, "careful", level="warning"),
        span("resource.fetch", "/a", 2, method="GET", statusCode=500, response={"size": 7}),
        span("resource.xhr", "/b", 3, method="POST", statusCode=0),
        span("resource.fetch", "/c", 4, method="GET", statusCode=200),
        crumb("replay.hydrate-error", 5, url="https://shop.example/"),
    )
    assert (one.console_errors, one.failed_requests, one.hydrate_errors) == (1, 2, 1)
    request = next(mark for mark in one.marks if mark.label == "/a")
    assert request.detail == {"duration": 250, "method": "GET", "status": 500, "received": 7}


def test_a_navigation_counts_once() -> None:
    """Browsers tell it as a span and as a breadcrumb, mobile clients as the latter alone."""
    one = found(
        span("navigation.push", "https://shop.example/b", 1),
        crumb("navigation", 1.1, **{"from": "/a", "to": "/b"}),
        crumb("navigation", 60, **{"from": "/b", "to": "/c"}),
    )
    assert [mark.label for mark in one.marks] == ["https://shop.example/b", "/c"]
    assert one.navigations == 2


def test_what_changed_of_the_document_is_counted() -> None:
    """Nodes that are added, removed and changed; the pointer's ways are no change."""
    change = {"source": 0, "adds": [{}, {}], "removes": [{}], "texts": [], "attributes": [{}]}
    move = {"source": 1, "positions": [{}, {}]}
    events = [{"type": 3, "timestamp": AT, "data": data} for data in (change, move)]
    assert found(*events).mutations == 4


@pytest.mark.parametrize(
    "event",
    [
        None,
        7,
        [],
        "text",
        {},
        {"type": "5", "data": 1},
        {"type": 5},
        {"type": 5, "data": {"tag": 1, "payload": []}},
        {"type": 5, "data": {"tag": "breadcrumb", "payload": {"category": [], "data": 1}}},
        {"type": 5, "data": {"tag": "performanceSpan", "payload": {"op": {}}}},
        {"type": 3, "timestamp": "never", "data": {"source": 0, "adds": 7}},
        {"type": 3, "timestamp": -1e300, "data": [[[]]]},
        {"type": 5, "timestamp": AT, "data": {"tag": "breadcrumb", "payload": {
            "category": "ui.slowClickDetected", "timestamp": [], "message": {}, "data": {
                "clickCount": "9", "timeAfterClickMs": 1e308, "endReason": 7}}}},
    ],
)  # fmt: skip
def test_events_of_wrong_types_are_passed_over(event: Any) -> None:
    """Their neighbours are read."""
    one = found(event, crumb("ui.click"))
    assert one.clicks == 1


def test_too_many_events_are_no_segment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No client records so many in five seconds."""
    monkeypatch.setattr(module, "MOST_EVENTS", 10)
    with pytest.raises(TooManyEvents):
        found(*({"type": 3} for _ in range(11)))


def test_marks_have_a_bound_and_the_telling_ones_stay() -> None:
    """Requests that went well go first, rage clicks last; what stays is in order."""
    marks = [
        Mark(at, "rage" if at % 100 == 0 else "request", "ä" * 50, {"status": 200})
        for at in range(1000)
    ]
    text = encode_marks(marks)
    assert MOST_BYTES // 2 < len(text.encode()) <= MOST_BYTES
    left = decode_marks(text)
    assert sum(mark.kind == "rage" for mark in left) == 10
    assert left == sorted(left, key=lambda mark: mark.ms)
    assert decode_marks(encode_marks(marks[:3])) == marks[:3]


def test_a_broken_column_of_marks_is_an_empty_timeline() -> None:
    """The replay is played without."""
    assert decode_marks("[[1,") == decode_marks('[[1,"what","",{}]]') == []


def test_hostile_segments_cost_a_moment() -> None:
    """Long labels, deep data and endless numbers end at their bounds."""
    deep = {"type": 5, "timestamp": AT, "data": {"tag": "breadcrumb", "payload": {}}}
    long = crumb("ui.click", 0, "x" * 100_000)
    started = time.process_time()
    one = found(deep, long, *([crumb("ui.input", 0, "y")] * 20_000))
    assert time.process_time() - started < 5
    assert len(one.marks) == 5000
    assert max(len(mark.label) for mark in one.marks) == 200
