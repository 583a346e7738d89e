"""Transactions become one row a span."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from tests.spans.reading import CHILD, ROOT, TRACE, read, rows, transaction
from vedette.items import Effects
from vedette.outcome import Drop

NOW = float(int(time.time()))


def test_the_segment_and_its_spans() -> None:
    """Names, times in microseconds, lengths in milliseconds, and each span's own time."""
    segment, query = rows(read("transaction", transaction(NOW), event_id="d" * 32))
    assert segment["trace_id"] == query["trace_id"] == TRACE
    assert (segment["span_id"], segment["parent_span_id"]) == (ROOT, None)
    assert (query["span_id"], query["parent_span_id"], query["segment_id"]) == (CHILD, ROOT, ROOT)
    assert (segment["is_segment"], query["is_segment"]) == (True, False)
    assert segment["transaction"] == query["transaction"] == "/checkout"
    assert (segment["timestamp"], segment["duration"]) == (NOW * 1_000_000, 1000.0)
    assert (query["timestamp"], query["duration"]) == ((NOW - 0.5) * 1_000_000, 250.0)
    assert (segment["self_time"], query["self_time"]) == (750.0, 250.0)
    assert (segment["event_id"], query.get("event_id")) == ("d" * 32, None)
    assert query["subject"] == "SELECT * FROM orders WHERE id = %s"
    assert (query["action"], query["domain"], query["category"]) == ("SELECT", "orders", "db")


def test_own_time_counts_what_children_do_together_once() -> None:
    """Two that overlap, one that goes on after its parent has ended."""
    spans = [
        {"span_id": f"{at:016x}", "op": "x", "start_timestamp": NOW - a, "timestamp": NOW - b}
        for at, a, b in ((1, 0.9, 0.5), (2, 0.7, 0.4), (3, 0.1, -0.3))
    ]
    segment = rows(read("transaction", transaction(NOW, spans=spans)))[0]
    assert segment["self_time"] == pytest.approx(400.0)


def test_its_user_client_and_weight() -> None:
    """From the fields of an event, and from the trace header of the envelope."""
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
    event = transaction(
        NOW,
        user={"id": 7, "email": "ada@example.com"},
        release="shop@1.0",
        request={"headers": [["User-Agent", agent]]},
        tags=[["plan", "team"]],
        measurements={"lcp": {"value": 120.5, "unit": "millisecond"}},
        sdk={"name": "sentry.javascript.browser"},
    )
    segment, query = rows(read("transaction", event, {"trace": {"sample_rate": "0.25"}}))
    for row in (segment, query):
        assert row["user_key"] == "id:7"
        assert row["user_number"] is not None
        assert (row["user_id"], row["user_email"]) == ("7", "ada@example.com")
        assert (row["browser_name"], row["os_name"]) == ("Firefox", "Linux")
        assert (row["release"], row["environment"]) == ("shop@1.0", "production")
        assert row["platform"] == "javascript"
        assert row["weight"] == 4.0
    assert ("plan", "team") in segment["tags"]
    assert ("measurements.lcp", "120.5") in segment["tags"]


def test_the_method_and_status_of_a_request_stand_beside_its_trace() -> None:
    """SDKs of Python say them so; what the trace says itself counts first."""
    trace = transaction(NOW)["contexts"]["trace"]
    contexts = {"trace": trace, "response": {"status_code": 404}}
    event = transaction(NOW, request={"method": "post"}, contexts=contexts)
    segment, query = rows(read("transaction", event))
    assert (segment["http_method"], segment["http_status"]) == ("POST", 404)
    assert (query["http_method"], query["http_status"]) == (None, None)
    said = {**trace, "data": {"http.method": "GET", "http.status_code": 200}}
    event = transaction(NOW, request={"method": "post"}, contexts={**contexts, "trace": said})
    segment = rows(read("transaction", event))[0]
    assert (segment["http_method"], segment["http_status"]) == ("GET", 200)
    odd = transaction(NOW, request={"method": ["x"]}, contexts={**contexts, "response": 7})
    assert rows(read("transaction", odd))[0]["http_method"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"start_timestamp": None},
        {"timestamp": "yesterday"},
        {"start_timestamp": NOW + 1, "timestamp": NOW},
        {"start_timestamp": NOW - 40 * 86400},
        {"contexts": None},
        {"contexts": {"trace": {"trace_id": "0" * 32, "span_id": ROOT}}},
        {"contexts": {"trace": {"trace_id": TRACE}}},
    ],
)
def test_what_is_no_transaction_is_refused(changes: dict[str, Any]) -> None:
    """With a reason."""
    found = read("transaction", transaction(NOW, **changes))
    assert isinstance(found, Drop)
    assert found.detail


def test_a_span_that_is_none_costs_only_itself() -> None:
    """It is counted as invalid."""
    good = transaction(NOW)["spans"][0]
    bad = [None, 7, [], {"span_id": "x"}, {**good, "timestamp": NOW - 2}, {**good, "span_id": 5}]
    found = read("transaction", transaction(NOW, spans=[*bad, good]))
    assert isinstance(found, Effects)
    assert len(found.rows) == 2
    (counted,) = found.outcomes
    assert (counted.category, counted.outcome, counted.quantity) == ("span", "invalid", len(bad))


def test_a_wrong_clock_moves_all_spans_alike() -> None:
    """An hour fast, as `sent_at` tells; ten years back, as nothing tells."""
    ahead = NOW + 7200
    sent = {"sent_at": ahead}
    for headers, then in ((sent, ahead), ({}, NOW - 10 * 365 * 86400), ({}, ahead)):
        found = rows(read("transaction", transaction(then), headers, received=NOW))
        segment, query = found
        assert abs(segment["timestamp"] / 1_000_000 - NOW) < 0.01
        assert segment["timestamp"] - query["timestamp"] == 500_000


def test_everything_else_of_the_event_is_its_body() -> None:
    """Without the spans, which have rows."""
    found = read("transaction", transaction(NOW, extra={"a": 1}, breadcrumbs={"values": []}))
    assert isinstance(found, Effects)
    (body,) = found.bodies
    assert b'"extra":{"a":1}' in body.data
    assert b'"spans"' not in body.data
    assert body.row is found.rows[0]


def test_odd_values_are_texts_within_bounds() -> None:
    """Numbers that are none, lists, objects, long and broken texts."""
    data: dict[str, Any] = {
        "list": ["a", 1],
        "object": {"b": True},
        "float": 0.5,
        "whole": 7.0,
        "big": 1 << 70,
        "yes": True,
        "none": None,
        "long": "x" * 5000,
        "nul": "a\x00b",
        "k" * 900: "v",
    }
    trace = {"trace_id": TRACE, "span_id": ROOT, "data": data, "description": "\ud800"}
    payload = transaction(NOW, contexts={"trace": trace})
    (segment, _) = rows(read("transaction", payload))
    tags = dict(segment["tags"])
    assert tags["list"] == '["a", 1]'
    assert tags["object"] == '{"b": true}'
    assert (tags["float"], tags["whole"], tags["yes"], tags["nul"]) == ("0.5", "7", "true", "ab")
    assert "none" not in tags
    assert float(tags["big"]) == float(1 << 70)
    assert len(tags["long"]) == 1000
    assert all(len(key) <= 200 for key in tags)
    assert math.isfinite(segment["duration"])
    segment["description"].encode()


def test_links_that_name_nothing_are_left_out() -> None:
    """They become addresses on a page."""
    good = {"trace_id": "AB" * 16, "span_id": ROOT}
    links = [good, None, 7, {}, {"trace_id": "../x", "span_id": ROOT}, {**good, "span_id": "y"}]
    trace = {"trace_id": TRACE, "span_id": ROOT, "links": links}
    (segment, query) = rows(read("transaction", transaction(NOW, contexts={"trace": trace})))
    assert segment["links"] == f"{'ab' * 16}:{ROOT}"
    assert query["links"] is None
