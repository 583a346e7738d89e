"""Real SDKs through a relay, with an upstream that goes away and answers that get lost."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import relay_crash
from tests.flow.product import Product
from tests.flow.test_javascript_sdks import SDK, needs_node
from tests.relay.link import Link
from tests.relay.relaying import Relaying, event
from vedette import items
from vedette.wire.envelope import build_envelope

PYTHON = """
import sentry_sdk
sentry_sdk.init(dsn={dsn!r}, release="shop@1.0.0", traces_sample_rate=1.0, enable_logs=True)
with sentry_sdk.start_transaction(name="checkout", op="task"):
    try:
        1 / 0
    except ZeroDivisionError:
        sentry_sdk.capture_exception()
sentry_sdk.logger.info("the lamp is sold")
sentry_sdk.flush(10)
"""


@pytest.fixture
def link(product: Product) -> Iterator[Link]:
    """The way from a relay to the product; down at first."""
    held = Link(product.port)
    yield held
    held.down()


@pytest.fixture
def relay(tmp_path: Path, link: Link) -> Iterator[Relaying]:
    with Relaying(tmp_path / "relay", link.base) as running:
        yield running


def dsn_of(relay: Relaying, project: dict[str, str]) -> str:
    """The DSN of a project with the relay's address."""
    return f"http://{project['public_key']}@127.0.0.1:{relay.port}/{project['id']}"


def test_a_python_program_loses_nothing_while_the_upstream_is_away(
    product: Product, project: dict[str, str], link: Link, relay: Relaying
) -> None:
    """It ends before the upstream is back; error, transaction and log arrive all the same."""
    source = PYTHON.format(dsn=dsn_of(relay, project))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert relay.wait(lambda: relay.health()["upstream"]["status"] == "away")
    assert product.issues(project) == []
    relay.kill()
    relay.start()
    link.up()
    issue = product.wait_for_issue(project)
    assert (issue["title"], issue["count"]) == ("ZeroDivisionError: division by zero", "1")
    expected = {"error": 1, "transaction": 1, "log_item": 1}
    product.wait(lambda: _accepted(product, project) == expected)
    assert relay.health()["lost"] == {}


@needs_node
@pytest.mark.sdk
def test_a_node_program_loses_nothing_while_the_upstream_is_away(
    product: Product, project: dict[str, str], link: Link, relay: Relaying
) -> None:
    """Chunked bodies without a length are kept and sent on."""
    command = ["node", "node_error.cjs", "@sentry/node", dsn_of(relay, project)]
    done = subprocess.run(command, cwd=SDK, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    link.up()
    issues = product.wait(lambda: len(i := product.issues(project)) == 2 and i)
    assert isinstance(issues, list)
    assert {issue["title"] for issue in issues} == {"RangeError: cannot charge 12", "low stock"}
    assert all(issue["count"] == "1" for issue in issues)


def test_an_answer_that_gets_lost_doubles_nothing_of_any_kind(
    product: Product, link: Link, relay: Relaying
) -> None:
    """Every request is taken twice by the upstream, and counts as once sent without a relay."""
    once, twice = product.spare_project(), product.spare_project()
    link.up()
    for kind in {kind.category: kind for kind in items.kinds().values()}.values():
        if kind.is_own or kind.sample is None:
            continue
        envelope = kind.sample()
        assert product.send(once, envelope)[0] in (200, 429)
        link.loses += 1
        assert relay.send(envelope, project=int(twice["id"]), key=twice["public_key"]) == 200
        relay.wait(lambda: link.lost == link.loses)
        relay.wait(lambda: relay.health()["backlog"]["bytes"] == 0)
    for path, body, content_type in _without_ids():
        headers = {"Content-Type": content_type}
        product.post(f"/api/{once['id']}/{path}?sentry_key={once['public_key']}", body, headers)
        link.loses += 1
        relay.post(f"/api/{twice['id']}/{path}?sentry_key={twice['public_key']}", body, headers)
        relay.wait(lambda: link.lost == link.loses)
        relay.wait(lambda: relay.health()["backlog"]["bytes"] == 0)
    assert link.lost >= 15
    product.wait(lambda: _settled(product, once) == _settled(product, twice), seconds=30)
    titles = [
        {issue["title"]: issue["count"] for issue in product.issues(project)}
        for project in (once, twice)
    ]
    assert titles[0] == titles[1]


def test_the_id_of_a_crash_is_the_one_that_the_relay_answered(
    product: Product, project: dict[str, str], link: Link, relay: Relaying
) -> None:
    """A minidump bears no id; whoever sent it can find it by the answer."""
    link.up()
    path = f"/api/{project['id']}/minidump/?sentry_key={project['public_key']}"
    kind = {"Content-Type": "application/octet-stream"}
    status, _, answer = relay.post(path, b"MDMP" + bytes(900), kind)
    assert status == 200
    issue = product.wait_for_issue(project)
    latest = product.latest(project, issue)
    assert latest["eventID"] == answer.decode().replace("-", "")


def test_a_key_that_the_upstream_does_not_know_is_set_aside(
    product: Product, project: dict[str, str], link: Link, relay: Relaying
) -> None:
    """It costs nobody else anything."""
    link.up()
    assert relay.send(event(), project=int(project["id"]), key="f" * 32) == 200
    assert relay.send(event(), project=int(project["id"]), key=project["public_key"]) == 200
    product.wait_for_issue(project)
    assert relay.wait(lambda: relay.health()["refused"]) == 1


def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """Relay, door, digester and worker are killed while errors, logs and reports come in."""
    with Product(tmp_path / "data") as product:
        project = product.project("relayed")
        with Relaying(tmp_path / "relay", product.base) as relay:
            result = relay_crash.run(product, relay, project, seconds=15, rate=120)
    assert result.is_good, result
    assert sum(result.kills.values()) >= 5


@pytest.mark.soak
def test_many_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """The same for minutes."""
    with Product(tmp_path / "data") as product:
        project = product.project("relayed")
        with Relaying(tmp_path / "relay", product.base) as relay:
            result = relay_crash.run(product, relay, project, seconds=240, rate=200)
    assert result.is_good, result


def _accepted(product: Product, project: dict[str, str]) -> dict[str, int]:
    return {
        category: quantity
        for (category, outcome, _), quantity in product.outcomes(project).items()
        if outcome in ("accepted", "kept")
    }


def _settled(product: Product, project: dict[str, str]) -> dict[tuple[str, str, str], int]:
    """All outcomes but those of what was sent twice."""
    found = product.outcomes(project)
    return {key: n for key, n in found.items() if key[1] != "duplicate" and n}


def _without_ids() -> list[tuple[str, bytes, str]]:
    """Requests that name nothing by which they could be known again."""
    report = build_envelope(
        {},
        [
            (
                {"type": "client_report"},
                b'{"discarded_events":[{"reason":"before_send","category":"error","quantity":3}]}',
            )
        ],
    )
    violation = {"document-uri": "https://shop.example.com/", "effective-directive": "img-src"}
    return [
        ("store/", b'{"message":"without an id"}', "application/json"),
        ("minidump/", b"MDMP" + bytes(900), "application/octet-stream"),
        ("security/", json.dumps({"csp-report": violation}).encode(), "application/csp-report"),
        ("envelope/", report, "application/x-sentry-envelope"),
        ("cron/nightly/", b'{"status":"ok"}', "application/json"),
        ("otlp/v1/traces", _trace(), "application/json"),
    ]


def _trace() -> bytes:
    span = {
        "traceId": "ab" * 16,
        "spanId": "cd" * 8,
        "name": "sell",
        "startTimeUnixNano": "1795770000000000000",
        "endTimeUnixNano": "1795770001000000000",
    }
    resource = {"scopeSpans": [{"spans": [span]}]}
    return json.dumps({"resourceSpans": [resource]}).encode()
