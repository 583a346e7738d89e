"""From an event of a real product to the message in somebody's hands."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.sink import Received, Reply, Sink
from vedette.wire.envelope import build_envelope, new_event_id

RULES = """
channels:
  - {{id: hook, name: Hook, kind: webhook, url: "{url}/hook"}}
rules:
  - name: Something new
    project: {project}
    source: issue
    measure: {{edge: first_seen}}
    levels: {{critical: always}}
    notify: [hook]
  - name: Critical happened
    project: {project}
    filter: severity:critical
    measure: {{edge: any}}
    levels: {{critical: always}}
    notify: [hook]
  - name: Too many of one issue
    project: {project}
    per: [issue]
    measure: count
    window: 1m
    levels: {{critical: ">5"}}
    notify: [hook]
"""


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("alerts")
    with Product(folder / "data", outgoing_networks="127.0.0.1") as running:
        yield running


def event(message: str, **more: Any) -> bytes:
    body = {
        "timestamp": time.time(),
        "platform": "python",
        "level": "error",
        "exception": {"values": [{"type": "OrderError", "value": message}]},
        **more,
    }
    return build_envelope(
        {"event_id": new_event_id()}, [({"type": "event"}, json.dumps(body).encode())]
    )


def titles(sink: Sink, *, kind: str = "trigger") -> list[str]:
    """The titles of all alerts that were told so far, in order."""
    return [
        part["title"]
        for one in sink.received
        if one.json["kind"] == kind
        for part in one.json["alerts"]
    ]


def test_a_rule_from_a_file_tells_of_what_happens(
    product: Product, sink: Sink, tmp_path: Path
) -> None:
    """A first event, a tag, and more than so many in a window."""
    project = product.project("shop")
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.format(url=sink.url, project=project["project"]))
    assert "4 changes made" in product.command("apply", str(file))
    assert "nothing to change" in product.command("apply", str(file))
    time.sleep(3)
    began = time.monotonic()
    product.send(project, event("no stock"))
    product.wait(lambda: "Something new: OrderError: no stock" in titles(sink))
    print("told after", time.monotonic() - began)
    product.send(project, event("no stock", tags={"severity": "critical"}))
    product.wait(
        lambda: any(one.startswith("Critical happened") for one in titles(sink)), seconds=90
    )
    for _ in range(5):
        product.send(project, event("no stock"))
    product.wait(
        lambda: any(one.startswith("Too many of one issue") for one in titles(sink)), seconds=90
    )
    print(sink.received[-1].body.decode())


HANGING = """
channels:
  - {{id: slow, name: Slow, kind: webhook, url: "{url}/slow"}}
  - {{id: quick, name: Quick, kind: webhook, url: "{url}/quick"}}
rules:
  - name: Hanging
    project: {project}
    source: issue
    measure: {{edge: first_seen}}
    filter: "has:hangs"
    levels: {{critical: always}}
routes:
  - {{id: hanging, match: [rule=hanging], channels: [slow, quick], group_by: [issue]}}
"""


def test_a_channel_that_hangs_keeps_no_other_waiting(product: Product, tmp_path: Path) -> None:
    """Its answer does not come before the other channel has had two messages."""
    others_had = threading.Semaphore(0)
    is_answered = threading.Event()
    is_asked = threading.Event()

    def reply(received: Received) -> Reply:
        if received.path == "/slow":
            is_asked.set()
            is_answered.wait(13)
            is_answered.set()
        elif not is_answered.is_set():
            others_had.release()
        return Reply()

    with Sink(reply) as sides:
        project = product.project("shop")
        file = tmp_path / "rules.yaml"
        file.write_text(HANGING.format(url=sides.url, project=project["project"]))
        product.command("apply", str(file))
        time.sleep(3)
        for kind in ("LampError", "WickError"):
            body = {"exception": {"values": [{"type": kind, "value": kind}]}}
            product.send(project, event(kind, tags={"hangs": kind}, **body))
            assert others_had.acquire(timeout=12)
            assert is_asked.wait(12)
        is_answered.set()


SLOW = """
channels:
  - {{id: slow-hook, name: Slow hook, kind: webhook, url: "{url}/slow-hook"}}
rules:
  - name: Slow
    project: {project}
    source: transaction
    per: [transaction]
    measure: {{percentile: 95}}
    window: 5m
    levels: {{critical: ">1s"}}
    notify: [slow-hook]
"""


def request(name: str, seconds: float) -> bytes:
    now = time.time()
    trace = {"trace_id": new_event_id(), "span_id": new_event_id()[:16], "op": "http.server"}
    body = {
        "type": "transaction",
        "transaction": name,
        "start_timestamp": now - seconds,
        "timestamp": now,
        "contexts": {"trace": trace},
    }
    return build_envelope(
        {"event_id": new_event_id()}, [({"type": "transaction"}, json.dumps(body).encode())]
    )


def test_slow_requests_are_told_with_their_traces(product: Product, tmp_path: Path) -> None:
    """Of the slow transaction alone, with the percentile itself."""
    with Sink() as told:
        project = product.project("kitchen")
        file = tmp_path / "rules.yaml"
        file.write_text(SLOW.format(url=told.url, project=project["project"]))
        product.command("apply", str(file))
        for _ in range(30):
            product.send(project, request("/fast", 0.1))
            product.send(project, request("/slow", 2.5))
        product.wait(lambda: titles(told), seconds=90)
        (part,) = told.received[0].json["alerts"]
        assert "/slow" in part["title"]
        assert part["figure"] == "2.5 s"
        assert "/traces/" in told.received[0].body.decode()
