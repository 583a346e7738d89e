"""A binary export comes to the same spans as the JSON that the library makes of it."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.spans.reading import read, rows
from tests.spans.test_hostile import TEXTS, binary
from tests.spans.test_otel import NOW
from vedette.items import Effects
from vedette.items._otlp_binary import _write_ids_in_hex

NAMES = st.sampled_from(
    ["http.request.method", "db.system.name", "db.query.text", "messaging.system", "a", "b", ""]
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


def fill(draw: Any, value: Any, depth: int = 0) -> None:
    """Any value of OpenTelemetry."""
    kind = draw(st.sampled_from(["text", "int", "float", "bool", "bytes", "list", "map", "none"]))
    if kind == "text":
        value.string_value = draw(TEXTS)
    elif kind == "int":
        value.int_value = draw(st.integers(-(2**63), 2**63 - 1))
    elif kind == "float":
        value.double_value = draw(NUMBERS)
    elif kind == "bool":
        value.bool_value = draw(st.booleans())
    elif kind == "bytes":
        value.bytes_value = draw(st.binary(max_size=5))
    elif kind == "list" and depth < 3:
        value.array_value.SetInParent()
        for _ in range(draw(st.integers(0, 2))):
            fill(draw, value.array_value.values.add(), depth + 1)
    elif kind == "map" and depth < 3:
        value.kvlist_value.SetInParent()
        fill(draw, value.kvlist_value.values.add(key=draw(TEXTS)).value, depth + 1)


def add_span(draw: Any, scope: Any) -> None:
    """A span with anything that one can have, right or wrong."""
    ids = st.sampled_from([b"", b"a" * 8, b"b" * 8, b"\0" * 8, b"c"])
    span = scope.spans.add(
        trace_id=draw(st.sampled_from([b"t" * 16, b"u" * 16, b""])),
        span_id=draw(ids),
        parent_span_id=draw(ids),
        name=draw(TEXTS),
        kind=draw(st.integers(0, 5)),
        flags=draw(st.sampled_from([0, 0x100, 0x300])),
        start_time_unix_nano=NOW - draw(st.integers(0, 2 * 10**9)),
        end_time_unix_nano=NOW - draw(st.sampled_from([0, 10**9, NOW])),
        trace_state="x=y",
    )
    for _ in range(draw(st.integers(0, 4))):
        fill(draw, span.attributes.add(key=draw(NAMES)).value)
    for _ in range(draw(st.integers(0, 2))):
        event = span.events.add(name=draw(st.sampled_from(["exception", "log"])))
        event.attributes.add(key="exception.type").value.string_value = draw(TEXTS)
    for _ in range(draw(st.integers(0, 2))):
        span.links.add(trace_id=b"l" * 16, span_id=b"m" * 8)
    if draw(st.booleans()):
        span.status.code = draw(st.integers(0, 2))
        span.status.message = draw(TEXTS)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_both_forms_come_to_the_same(data: Any) -> None:
    """Row by row, with what was refused."""
    made = ExportTraceServiceRequest()
    for _ in range(data.draw(st.integers(1, 2))):
        group = made.resource_spans.add()
        group.resource.attributes.add(key="service.name").value.string_value = data.draw(TEXTS)
        for _ in range(data.draw(st.integers(1, 4))):
            add_span(data.draw, group.scope_spans.add())
    tree = MessageToDict(made, use_integers_for_enums=True)
    _write_ids_in_hex(tree)
    received = NOW / 10**9
    wanted = read("otlp_traces", json.dumps(tree).encode(), received=received)
    found = binary(made.SerializeToString(), received=received)
    assert isinstance(wanted, Effects)
    assert rows(found) == rows(wanted)
    assert found.outcomes == wanted.outcomes
