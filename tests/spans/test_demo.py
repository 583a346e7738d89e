"""The demo's traces are what SDKs send, and join."""

from __future__ import annotations

import random
import time

from tests.spans.reading import rows_of_envelope
from vedette.demo.services import SERVICES
from vedette.demo.traces import envelopes
from vedette.tracing.tree import Node, in_order

NOW = float(int(time.time()))


def test_a_visit_is_one_trace_of_all_services() -> None:
    """Page, API and worker: one root, no orphan, no span that lacks its times."""
    made = envelopes(NOW, random.Random(2), 0.3)
    assert set(made) == {service.name for service in SERVICES}
    traces: dict[str, list[Node]] = {}
    for name, sent in made.items():
        for envelope in sent:
            for row in rows_of_envelope(envelope, NOW):
                node = Node(
                    span_id=row["span_id"],
                    parent_id=row["parent_span_id"] or "",
                    start=row["timestamp"] - round(row["duration"] * 1000),
                    end=row["timestamp"],
                    service=name,
                )
                traces.setdefault(row["trace_id"], []).append(node)
    assert any(len({node.service for node in nodes}) == 3 for nodes in traces.values())
    for nodes in traces.values():
        ordered = in_order(nodes)
        assert [node.depth for node in ordered].count(0) == 1
        assert not any(node.is_orphan for node in ordered)
