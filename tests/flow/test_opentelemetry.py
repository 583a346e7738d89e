"""Unmodified exporters of OpenTelemetry: Python's and Node's, protobuf and JSON."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.flow.spans import attribute, run_python, wait_for_spans

SDK = Path(__file__).parent.parent / "sdk"
needs_node = pytest.mark.skipif(
    shutil.which("node") is None
    or not (SDK / "node_modules" / "@opentelemetry" / "exporter-trace-otlp-proto").is_dir(),
    reason="Node and OpenTelemetry's exporters from npm are not installed",
)
# What its collectors and exporters are told: an address, and a header with the key.
PYTHON = """
import logging, os, sys
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
failures = []
class Handler(logging.Handler):
    def emit(self, record):
        failures.append(record.getMessage())
logging.getLogger("opentelemetry").addHandler(Handler(logging.WARNING))
provider = TracerProvider(resource=Resource.create({
    "service.name": "orders", "service.version": "2.1", "deployment.environment.name": "staging"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("shop")
Kind = trace.SpanKind
with tracer.start_as_current_span("GET /orders/{id}", kind=Kind.SERVER, attributes={
        "http.request.method": "GET", "http.response.status_code": 500, "url.path": "/orders/7"}):
    with tracer.start_as_current_span("SELECT orders", kind=Kind.CLIENT, attributes={
            "db.system.name": "postgresql", "db.query.text": "SELECT * FROM orders WHERE id = 7",
            "sizes": [1, 2, 3]}):
        pass
    try:
        with tracer.start_as_current_span("charge"):
            raise LookupError("no such card")
    except LookupError:
        pass
provider.shutdown()
assert not failures, failures
"""


def environment(product: Product, project: dict[str, str], path: str) -> dict[str, str]:
    """The variables by which every SDK of OpenTelemetry is configured."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-sentry-auth=sentry sentry_key={project['public_key']}",
        path: product.base,
    }


def endpoint(product: Product, project: dict[str, str], place: str) -> dict[str, str]:
    """At the project's own path, or below the address of the server, where the key decides."""
    held = environment(product, project, "OTEL_EXPORTER_OTLP_ENDPOINT")
    if place == "project":
        base = f"{product.base}/api/{project['id']}/integration/otlp/v1/traces/"
        held["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = base
    return held


def check_orders(product: Product, project: dict[str, str], children: int) -> dict[str, Any]:
    """One trace: a segment that serves, a statement, a part that fails; returns the segment."""
    found = {one["span.description"]: one for one in wait_for_spans(product, project, children + 1)}
    assert len({one["trace"] for one in found.values()}) == 1
    segment = found["GET /orders/{id}"]
    query = found["SELECT * FROM orders WHERE id = 7"]
    assert (segment["is_segment"], segment["span.op"]) == (True, "http.server")
    assert (segment["http.method"], segment["http.status_code"]) == ("GET", 500)
    assert query["parent_span"] == query["segment.id"] == segment["span_id"]
    assert (query["span.category"], query["span.system"]) == ("db", "postgresql")
    assert query["span.subject"] == "SELECT * FROM orders WHERE id = %s"
    assert (found["charge"]["is_failed"], query["is_failed"]) == (True, False)
    for one in found.values():
        assert (one["transaction"], one["service"]) == ("GET /orders/{id}", "orders")
        assert (one["release"], one["environment"]) == ("2.1", "staging")
    assert attribute(product, project, found["charge"], "exception.message") == "no such card"
    return segment


@pytest.mark.sdk
@pytest.mark.parametrize("place", ["project", "server"])
def test_pythons_exporter_sends_protobuf(
    product: Product, project: dict[str, str], place: str
) -> None:
    """It says nothing of a failure, and all is there."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    run_python(PYTHON, **endpoint(product, project, place))
    segment = check_orders(product, project, 2)
    assert segment["platform"] == "python"


@needs_node
@pytest.mark.sdk
@pytest.mark.parametrize("form", ["proto", "http"])
@pytest.mark.parametrize("place", ["project", "server"])
def test_nodes_exporters_send_protobuf_and_json(
    product: Product, project: dict[str, str], form: str, place: str
) -> None:
    """`exporter-trace-otlp-http` is the one that sends JSON."""
    done = subprocess.run(
        ["node", "otel_orders.cjs", f"@opentelemetry/exporter-trace-otlp-{form}"],
        cwd=SDK,
        env=endpoint(product, project, place),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    segment = check_orders(product, project, 2)
    assert segment["platform"] == "nodejs"


def test_a_wrong_key_is_told(product: Product, project: dict[str, str]) -> None:
    """Nothing is taken in for nobody."""
    body = b'{"resourceSpans":[]}'
    held = {"Content-Type": "application/json"}
    assert product.post("/v1/traces", body, held)[0] == 401
    held["x-sentry-auth"] = f"sentry sentry_key={'0' * 32}"
    assert product.post("/v1/traces", body, held)[0] == 403
