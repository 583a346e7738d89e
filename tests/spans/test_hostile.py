"""What strangers may send as spans: it costs no more than it weighs, and all of it is counted."""

from __future__ import annotations

import copy
import importlib
import json
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spans.reading import ROOT, TRACE, read, rows, transaction
from tests.spans.test_otel import NOW, attributes, request, sent
from tests.spans.test_streamed import container, span
from vedette.items import Effects, RawItem, kind_of
from vedette.items._bounds import MOST_VALUES
from vedette.items._otlp_binary import request_to_json
from vedette.outcome import Drop, DropReason
from vedette.spans.span import MOST_SPANS
from vedette.spool.meta import Meta
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader


def field(number: int, value: bytes) -> bytes:
    """A field of a message of protobuf."""
    length, left = b"", len(value)
    while left > 127:
        length += bytes([left & 127 | 128])
        left >>= 7
    return bytes([number << 3 | 2]) + length + bytes([left]) + value


def binary(payload: bytes, received: float = 0.0) -> Any:
    """What a binary export request comes to."""
    header = ItemHeader("otlp_traces", content_type="application/x-protobuf")
    item = RawItem(Meta(1, received or time.time()), EnvelopeHeaders(), header, payload, 1)
    kind = kind_of("otlp_traces")
    assert kind.to_json is not None
    item.payload = kind.to_json(item)
    return kind.read(item)


MANY = 60_000


@pytest.mark.parametrize(
    "payload",
    [
        field(1, b"") * MANY,
        field(1, field(2, b"") * MANY),
        field(1, field(2, field(2, b"") * MANY)),
        field(1, field(2, field(2, field(9, b"") * 200_000)) * 4),
    ],
    ids=["resources", "scopes", "spans", "attributes"],
)
def test_messages_of_two_bytes_are_not_made_objects(payload: bytes) -> None:
    """Ten million of them in 20 MB would be gigabytes; they are few bytes on the wire."""
    with pytest.raises(ValueError, match="too many"):
        binary(payload)


def test_a_record_that_is_too_large_costs_only_itself() -> None:
    """It is counted as none."""
    message = importlib.import_module("opentelemetry.proto.trace.v1.trace_pb2").Span
    good = message(trace_id=b"a" * 16, span_id=b"b" * 8, name="x",
                   start_time_unix_nano=NOW - 10**9, end_time_unix_nano=NOW)  # fmt: skip
    large = message()
    large.CopyFrom(good)
    large.name = "x" * 600_000
    sent_spans = b"".join(field(2, one.SerializeToString()) for one in (good, large, good))
    found = binary(field(1, field(2, sent_spans)))
    assert len(found.rows) == 2
    assert [one.quantity for one in found.outcomes] == [1]


@pytest.mark.parametrize(
    "payload", [b"\x0a\x05", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0b", b"\x08"]
)
def test_what_is_cut_short_is_no_request(payload: bytes) -> None:
    """Whether a number or a field ends too early."""
    with pytest.raises(ValueError):
        binary(payload)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), signal=st.sampled_from(["logs", "metrics"]))
def test_a_request_reads_as_the_library_reads_it_whole(data: Any, signal: str) -> None:
    """With its resources, scopes and schemas."""
    module = importlib.import_module(
        f"opentelemetry.proto.collector.{signal}.v1.{signal}_service_pb2"
    )
    made = getattr(module, f"Export{signal.title()}ServiceRequest")()
    outer, inner, last = {
        "logs": ("resource_logs", "scope_logs", "log_records"),
        "metrics": ("resource_metrics", "scope_metrics", "metrics"),
    }[signal]
    for _ in range(data.draw(st.integers(0, 3))):
        group = getattr(made, outer).add(schema_url=data.draw(TEXTS))
        group.resource.attributes.add(key="k").value.string_value = data.draw(TEXTS)
        for _ in range(data.draw(st.integers(0, 3))):
            scope = getattr(group, inner).add(schema_url=data.draw(TEXTS))
            scope.scope.name = data.draw(TEXTS)
            for _ in range(data.draw(st.integers(0, 3))):
                record = getattr(scope, last).add()
                if signal != "metrics":
                    record.attributes.add(key=data.draw(TEXTS)).value.int_value = data.draw(
                        st.integers(-(2**63), 2**63 - 1)
                    )
    found = msgspec.json.decode(request_to_json(signal, made.SerializeToString()))
    wanted = MessageToDict(made, use_integers_for_enums=True)
    assert without_empty(found) == without_empty(wanted)


def without_empty(tree: Any) -> Any:
    """JSON without empty lists, which the library leaves out."""
    if isinstance(tree, dict):
        return {key: without_empty(value) for key, value in tree.items() if value != []}
    return [without_empty(one) for one in tree] if isinstance(tree, list) else tree


def test_what_all_spans_of_a_resource_share_is_short() -> None:
    """Two megabytes would become a gigabyte when each of 10,000 spans has them again."""
    many = request(*[sent(f"{at + 1:016x}", kind=1) for at in range(3000)])
    held = many["resourceSpans"][0]["resource"]["attributes"]
    held += [attributes(**{f"k{at}": "ä" * 1000})[0] for at in range(100)]
    deep = {"arrayValue": {"values": [{"stringValue": "y" * 10_000}] * 100}}
    held.append({"key": "deep", "value": deep})
    found = rows(read("otlp_traces", many))
    assert len(found) == 3000
    assert found[0]["service"] == "orders"
    kept = sum(len(key) + len(value) for row in found for key, value in row["tags"])
    assert kept <= 3000 * 4000


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("span", b'{"items":[%s{}]}' % (b'{"a":1},' * (MOST_VALUES // 2 + 1))),
        ("transaction", b'{"spans":[%s{}]}' % (b'{"a":1},' * (MOST_VALUES // 2 + 1))),
        ("otlp_traces", b'{"resourceSpans":[%s{}]}' % (b"{}," * (MOST_VALUES // 2 + 1))),
        ("transaction", b'{"extra":[%s1]}' % (b"1," * (MOST_VALUES + 1))),
    ],
)
def test_more_values_than_any_sdk_sends_are_not_made_objects(kind: str, payload: bytes) -> None:
    """They are told to be too costly."""
    found = read(kind, payload)
    assert isinstance(found, Drop)
    assert found.reason is DropReason.TOO_COSTLY


def test_commas_of_statements_are_no_values() -> None:
    """A thousand long lists of columns are read."""
    one = transaction(time.time())["spans"][0]
    long = {**one, "description": "SELECT " + "a, " * 2000}
    assert len(rows(read("transaction", transaction(time.time(), spans=[long] * 1000)))) == 1001


@pytest.mark.parametrize("kind", ["span", "transaction", "otlp_traces"])
def test_spans_beyond_the_bound_are_counted(kind: str) -> None:
    """Ten thousand of one item are taken, each other is invalid."""
    number, now = MOST_SPANS + 7, time.time()
    payloads: dict[str, Any] = {
        "span": lambda: container(*[span()] * number),
        "transaction": lambda: transaction(now, spans=transaction(now)["spans"] * number),
        "otlp_traces": lambda: request(*[sent()] * number),
    }
    found = read(kind, payloads[kind]())
    assert isinstance(found, Effects)
    assert sum(one.quantity for one in found.outcomes) == 7


ODD: Any = [
    None, True, 7, -1, 1e400, float("nan"), "", "x", "NaN", [], {}, [[]], {"a": {}}, ["x"],
    "0" * 32, TRACE, ROOT, "\ud800", "\x00", 10**30, "9" * 400,
]  # fmt: skip


NAMES = (
    *("db.system", "db.query.text", "http.request.method", "http.response.status_code"),
    *("url.full", "messaging.system", "gen_ai.operation.name", "gen_ai.request.model"),
    *("cache.key", "user_agent.original", "sentry.sample_rate", "sentry.op", "user.id"),
    *("sentry.segment.name", "sentry.exclusive_time", "user.ip_address", "sentry.release"),
    *("sentry.replay_id", "service.name", "sentry.description", "sentry.transaction"),
)
LINK = {"trace_id": TRACE, "span_id": ROOT}


def whole(kind: str) -> Any:
    """An item with everything that is read of one."""
    now = float(int(time.time()))
    data = dict.fromkeys(NAMES, "x")
    listed = [{"key": name, "value": {"stringValue": "x"}} for name in NAMES]
    event = {"name": "exception", "attributes": attributes(a="b")}
    exported = sent(
        status={"code": 2, "message": "m"}, flags=256, kind=3, parentSpanId="c" * 16,
        links=[{"traceId": TRACE, "spanId": ROOT}], events=[event], attributes=listed,
    )  # fmt: skip
    single = {
        **transaction(now)["spans"][0], **LINK, "data": data, "tags": {"a": "b"}, "links": [LINK],
        "measurements": {"inp": {"value": 1}}, "exclusive_time": 1, "segment_id": ROOT,
    }  # fmt: skip
    contexts = {
        "trace": {**LINK, "op": "x", "status": "ok", "data": data, "links": [LINK], "origin": "o",
                  "client_sample_rate": 0.5, "description": "d"},
        "replay": {"replay_id": TRACE}, "profile": {"profile_id": TRACE},
        "browser": {"name": "x"}, "os": {"name": "y"}, "device": {"model": "z"},
        "response": {"status_code": 200},
    }  # fmt: skip
    wholes: dict[str, Any] = {
        "otlp_traces": request(exported, deployment__environment="x"),
        "otel_span": exported,
        "container": container(
            span(links=[LINK], attributes={name: {"value": "x"} for name in NAMES})
        ),
        "span": single,
        "transaction": transaction(
            now, contexts=contexts, spans=[single], release="r", tags={"a": "b"},
            user={"id": 1, "email": "a", "username": "b", "ip_address": "c"},
            sdk={"name": "sentry.python", "version": "1", "settings": {"infer_ip": "auto"}},
            measurements={"lcp": {"value": 1}}, transaction_info={"source": "url"},
            request={"method": "GET", "headers": [["User-Agent", "x"]]},
        ),
    }  # fmt: skip
    return wholes[kind]


@pytest.mark.parametrize("kind", ["otlp_traces", "otel_span", "container", "span", "transaction"])
def test_any_value_in_any_place_is_read_or_refused(kind: str) -> None:
    """Nothing is raised; what is stored has ids, times and texts that every store can hold."""
    made = whole(kind)
    item_type = "span" if kind == "container" else kind
    assert rows(read(item_type, made))
    for path in places(made):
        for odd in ODD:
            spoiled = copy.deepcopy(made)
            put(spoiled, path, odd)
            found = read(item_type, json.dumps(spoiled).encode())  # with NaN, as Python writes it
            if isinstance(found, Effects):
                for row in found.rows:
                    check(row.values)


def places(tree: Any) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, inner in pairs:
        yield (key,)
        if isinstance(inner, dict | list):
            yield from ((key, *rest) for rest in places(inner))


def put(tree: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = copy.deepcopy(value)


def check(row: dict[str, Any]) -> None:
    assert (len(row["trace_id"]), len(row["span_id"])) == (32, 16)
    assert 0 <= row["duration"] <= 30 * 86_400_000
    assert isinstance(row["timestamp"], int)
    assert 1.0 <= row["weight"] <= 1e6
    texts = [value for value in row.values() if isinstance(value, str)]
    for value in [*texts, *(text for pair in row["tags"] for text in pair)]:
        value.encode()
        assert "\x00" not in value
