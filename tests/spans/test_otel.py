"""Spans of OpenTelemetry."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.spans.reading import CHILD, ROOT, TRACE, read, rows
from vedette.items import Effects

NOW = int(time.time()) * 10**9


def attributes(**values: Any) -> list[dict[str, Any]]:
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue", bool: "boolValue"}
    return [
        {"key": name.replace("__", "."), "value": {kinds[type(value)]: value}}
        for name, value in values.items()
    ]


def sent(span_id: str = ROOT, **changes: Any) -> dict[str, Any]:
    return {
        "traceId": TRACE,
        "spanId": span_id,
        "name": "GET /orders/{id}",
        "kind": 2,
        "startTimeUnixNano": str(NOW - 10**9),
        "endTimeUnixNano": str(NOW),
        **changes,
    }


def request(*spans: dict[str, Any], **resource: Any) -> dict[str, Any]:
    held = {"service__name": "orders", **resource}
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": attributes(**held)},
                "scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}],
            }
        ]
    }


def test_a_server_span_is_a_segment_and_what_is_below_belongs_to_it() -> None:
    """Service, release and environment come from the resource."""
    server = sent(attributes=attributes(http__request__method="GET", url__path="/orders/7"))
    inner = sent("d" * 16, parentSpanId=ROOT, kind=1, name="load")
    query = sent(
        CHILD,
        parentSpanId="d" * 16,
        kind=3,
        name="SELECT orders",
        attributes=attributes(db__system__name="postgresql", db__query__text="SELECT 1 FROM a"),
    )
    found = rows(
        read(
            "otlp_traces",
            request(
                query,
                inner,
                server,
                service__version="2.1",
                deployment__environment__name="staging",
            ),
        )
    )
    rest, middle, segment = found
    assert (segment["is_segment"], segment["op"]) == (True, "http.server")
    assert (rest["op"], rest["description"], rest["domain"]) == ("db", "SELECT 1 FROM a", "a")
    for row in found:
        assert row["segment_id"] == ROOT
        assert row["transaction"] == "GET /orders/{id}"
        assert (row["service"], row["release"]) == ("orders", "2.1")
        assert row["environment"] == "staging"
    assert (rest["is_segment"], middle["is_segment"]) == (False, False)
    assert middle["self_time"] == 0.0


@pytest.mark.parametrize(
    ("kind", "held", "op"),
    [
        (3, {"http__request__method": "GET"}, "http.client"),
        (4, {"messaging__system": "kafka"}, "queue.publish"),
        (5, {"messaging__system": "kafka"}, "queue.process"),
        (3, {"rpc__system": "grpc"}, "rpc"),
        (2, {"rpc__system": "grpc"}, "rpc.server"),
        (3, {"gen_ai__operation__name": "chat"}, "gen_ai.chat"),
        (1, {}, "default"),
    ],
)
def test_what_a_span_does(kind: int, held: dict[str, Any], op: str) -> None:
    """As Sentry's SDKs would call it."""
    (row,) = rows(read("otlp_traces", request(sent(kind=kind, attributes=attributes(**held)))))
    assert row["op"] == op


@pytest.mark.parametrize(
    ("status", "is_failed"),
    [({"code": 2, "message": "no"}, True), ({"code": 1}, False), ({}, False)],
)
def test_what_fails(status: dict[str, Any], is_failed: bool) -> None:
    """A status that was not set is no failure; the recorded exception is told."""
    event = {"name": "exception", "attributes": attributes(exception__type="LampError")}
    (row,) = rows(read("otlp_traces", request(sent(status=status, events=[event]))))
    assert row["is_failed"] is is_failed
    assert ("exception.type", "LampError") in row["tags"]


def test_what_is_none_costs_only_itself() -> None:
    """A request with nothing is nothing; ids and times are looked at."""
    bad: list[Any] = [
        {},
        sent(traceId="x"),
        sent(spanId="0" * 16),
        sent(endTimeUnixNano="1"),
        sent(startTimeUnixNano=None),
        sent(endTimeUnixNano="9" * 400),
    ]
    found = read("otlp_traces", request(*bad, sent(), None))  # type: ignore[arg-type]
    assert isinstance(found, Effects)
    assert found.quantity == len(found.rows) == 1
    assert found.outcomes[0].quantity == len(bad) + 1
    for odd in ({"resourceSpans": 7}, {"resourceSpans": [7, {"scopeSpans": [7]}]}, {}):
        empty = read("otlp_traces", odd)
        assert isinstance(empty, Effects)
        assert empty.rows == []


def test_parents_in_a_circle_end() -> None:
    """Each is the other's parent."""
    one = sent(kind=1, parentSpanId=CHILD)
    two = sent(CHILD, kind=1, parentSpanId=ROOT)
    for row in rows(read("otlp_traces", request(one, two))):
        assert row["transaction"] is None
