"""Transactions, spans and exports that an earlier version kept are taken in: each once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.pipe import Pipe
from tests.spans.reading import transaction
from tests.spans.test_otel import request, sent
from tests.spans.test_streamed import container, span
from vedette import items
from vedette.items._kept import kept_kind
from vedette.items._otlp import json_of
from vedette.pipeline.reingest import reingest
from vedette.wire.envelope import build_envelope, new_event_id

KEPT_TYPES = {"transaction": "transaction", "span": "span", "otlp_traces": "span"}


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def keep(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a version without a home for spans."""
    for name, category in KEPT_TYPES.items():
        to_json = json_of("traces") if name == "otlp_traces" else None
        sample: Any = None
        kind = kept_kind(name, category=category, is_bulky=True, to_json=to_json, sample=sample)
        monkeypatch.setitem(items.kinds(), name, kind)


def envelopes() -> list[bytes]:
    """A transaction with a query, a container of two, an export in either form."""
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
    )

    now = time.time()
    event_id, export = new_event_id(), request(sent("e" * 16))
    binary = json.loads(json.dumps(export))
    one = binary["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    one |= {"traceId": "q" * 22, "spanId": "d" * 11}  # base64 in the library's own form
    message = ParseDict(binary, ExportTraceServiceRequest()).SerializeToString()
    trace = {"trace": {"sample_rate": "0.5"}}
    return [
        build_envelope(
            {"event_id": event_id, **trace},
            [({"type": "transaction"}, json.dumps(transaction(now)).encode())],
        ),
        build_envelope(
            trace,
            [
                (
                    {"type": "span", "item_count": 2},
                    json.dumps(container(span(), span(span_id="d" * 16))).encode(),
                )
            ],
        ),
        build_envelope(
            {},
            [
                (
                    {"type": "otlp_traces", "content_type": "application/json"},
                    json.dumps(export).encode(),
                ),
                (
                    {"type": "otlp_traces", "content_type": "application/x-protobuf"},
                    message,
                ),
            ],
        ),
    ]


def test_what_was_kept_becomes_spans_once(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the power fails between their new place and the end of the old one."""
    with monkeypatch.context() as earlier:
        keep(earlier)
        for envelope in envelopes():
            pipe.spool(envelope)
        pipe.work()
        pipe.store.flush()
        assert len(pipe.rows("kept_items", "item_type")) == 4
        assert pipe.rows("spans", "span_id") == []
    with monkeypatch.context() as cut:
        cut.setattr(pipe.store, "delete", _fail)
        with pytest.raises(OSError, match="power"):
            reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool")
    pipe.restart()
    pipe.work()
    assert reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool") == 4
    pipe.work()
    found = pipe.rows("spans", "span_id", "transaction", "weight")
    assert len(found) == 6
    assert sorted(row["transaction"] or "" for row in found) == [
        *["/checkout"] * 2, *["GET /orders"] * 2, *["GET /orders/{id}"] * 2,
    ]  # fmt: skip
    assert [row["weight"] for row in found if row["transaction"] == "/checkout"] == [2.0, 2.0]
    assert pipe.rows("kept_items", "item_type") == []
    assert pipe.outcomes() == {("transaction", "accepted"): 1, ("span", "accepted"): 4}


def _fail(*_: object, **__: object) -> int:
    raise OSError("power cut")
