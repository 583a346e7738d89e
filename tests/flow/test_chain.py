"""A page in Chromium asks Express, which asks Flask: one trace, whatever the SDKs send."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest

from tests.flow.product import Product
from tests.flow.spans import attribute, wait_for_spans
from tests.flow.test_javascript_sdks import CHROMIUM, needs_browser
from tests.flow.visitor import sign_in_owner
from tests.scripted import wait_until
from vedette.web.pages.trace.shape import ORPHAN

SDK = Path(__file__).parent.parent / "sdk"
MODULES = SDK / "node_modules"
needs_express = pytest.mark.skipif(
    shutil.which("node") is None
    or not all((MODULES / name).is_dir() for name in ("@sentry/node", "express")),
    reason="Node, the SDKs and Express are not installed",
)
FLASK = """
import sys, threading
import sentry_sdk
sentry_sdk.init(dsn=sys.argv[1], release="stock@1.0", environment="staging",
                traces_sample_rate=1.0, auto_session_tracking=False)
from flask import Flask
from werkzeug.serving import make_server
app = Flask("stock")
@app.route("/stock/<int:number>")
def stock(number):
    with sentry_sdk.start_span(op="db", name="SELECT left FROM stock WHERE id = 7"):
        return {"left": 3}
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
sentry_sdk.flush(10)
"""


@contextmanager
def service(*command: str) -> Iterator[str]:
    """A service that prints its port and ends, its spans sent, when its input does."""
    process = subprocess.Popen(
        command, cwd=SDK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port.isdecimal(), f"{command[:2]} did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.stdout.close()


def stock(dsn: str) -> Any:
    return service(sys.executable, "-c", FLASK, dsn)


def shop(package: str, dsn: str, address: str) -> Any:
    return service("node", "express_shop.cjs", package, dsn, address)


def status_of(address: str) -> int:
    try:
        with urlopen(address, timeout=20) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))


@needs_express
@pytest.mark.sdk
@pytest.mark.parametrize("package", ["@sentry/node", "@sentry/node10"])
def test_requests_of_express_are_segments(
    product: Product, project: dict[str, str], package: str
) -> None:
    """Streamed spans of the current SDK and transactions of the one before look alike."""
    other = product.spare_project()
    with stock(other["dsn"]) as below, shop(package, project["dsn"], below) as address:
        assert status_of(f"{address}/orders/7") == 200
        assert status_of(f"{address}/orders/13") == 500
    segments = wait_for_spans(product, project, 2, "is_segment:true span.op:http.server")
    by_status = {one["http.status_code"]: one for one in segments}
    assert set(by_status) == {200, 500}
    for one in segments:
        assert one["transaction"] == "GET /orders/:id"
        assert (one["release"], one["environment"]) == ("shop@2.0.0", "staging")
        assert (one["platform"], one["http.method"]) == ("node", "GET")
    assert (by_status[200]["is_failed"], by_status[500]["is_failed"]) == (False, True)
    trace = by_status[200]["trace"]
    (asked,) = wait_for_spans(product, project, 1, f"trace:{trace} span.op:http.client")
    assert asked["span.subject"].endswith("/stock/*")
    assert asked["segment.id"] == by_status[200]["span_id"]
    (answered,) = wait_for_spans(product, other, 1, f"trace:{trace} is_segment:true")
    assert answered["parent_span"] == asked["span_id"]
    issue = product.wait_for_issue(project)
    held = product.latest(project, issue)["contexts"]["trace"]
    assert held["trace_id"] == by_status[500]["trace"]


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """The page on an origin of its own."""
    subprocess.run(
        [MODULES / ".bin" / "esbuild", "browser_orders.js", "--bundle", f"--outfile={folder}/a.js"],
        cwd=SDK,
        check=True,
        capture_output=True,
    )
    page = "<!doctype html><title>shop</title><script src=a.js></script>"
    (folder / "index.html").write_text(page)
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def visit(address: str, turning_to: str = "") -> None:
    """Open the page, wait until it has its order, and leave it: so that all is sent.

    On the way it may turn to another address by itself, as pages with one document do.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.goto(address)
        wait_until(page, "document.title == '3 left'")
        wait_until(page, "flushed()")
        page.wait_for_timeout(1500)  # the SDK ends the page's load a second after its last request
        page.evaluate("flushed()")
        if turning_to:
            page.evaluate("path => turnTo(path)", turning_to)
            page.wait_for_timeout(1500)
            page.evaluate("flushed()")
        browser.close()


def waterfall(product: Product, trace: str) -> dict[str, Any]:
    """What the page of a trace draws."""
    seen = sign_in_owner(product).open(f"/traces/{trace}/spans/")
    assert seen.status == 200
    found: dict[str, Any] = json.loads(seen.text)
    return found


@needs_express
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
def test_a_page_its_shop_and_its_stock_are_one_waterfall(
    product: Product, project: dict[str, str], tmp_path: Path
) -> None:
    """Each below the one that asked it, across three services and projects."""
    node, python = product.spare_project(), product.spare_project()
    with (
        stock(python["dsn"]) as below,
        shop("@sentry/node", node["dsn"], below) as asked,
        site(tmp_path) as page,
    ):
        visit(f"{page}?{urlencode({'dsn': project['dsn'], 'shop': asked}, quote_via=quote)}")
    (load,) = wait_for_spans(product, project, 1, "span.op:pageload is_segment:true")
    wait_for_spans(product, python, 2, f"trace:{load['trace']}")
    wait_for_spans(product, node, 2, f"trace:{load['trace']}")
    assert "Chrome" in attribute(product, project, load, "browser.name")
    found = waterfall(product, load["trace"])
    above = lineage(found, "SELECT left FROM stock WHERE id = 7")
    ops = [op for op, _ in above if op in ("pageload", "http.client", "http.server", "db")]
    asks = ["http.client", "http.server"]
    assert ops == ["pageload", *asks, *asks, "db"]
    assert list(dict.fromkeys(service for _, service in above)) == found["services"]
    assert len(found["services"]) == 3
    assert not any(one[8] & ORPHAN for one in found["spans"])


@needs_express
@needs_browser
@pytest.mark.sdk
@pytest.mark.browser
def test_a_navigation_is_a_trace_that_follows_the_load(
    product: Product, project: dict[str, str], tmp_path: Path
) -> None:
    """With its own request, and a link back to the load of the page."""
    node, python = product.spare_project(), product.spare_project()
    with (
        stock(python["dsn"]) as below,
        shop("@sentry/node", node["dsn"], below) as asked,
        site(tmp_path) as page,
    ):
        query = urlencode({"dsn": project["dsn"], "shop": asked}, quote_via=quote)
        visit(f"{page}?{query}", turning_to="/basket/8")
    (load,) = wait_for_spans(product, project, 1, "span.op:pageload is_segment:true")
    (turn,) = wait_for_spans(product, project, 1, "span.op:navigation is_segment:true")
    assert turn["transaction"] == "/basket/*"
    assert turn["trace"] != load["trace"]
    found = waterfall(product, turn["trace"])
    (root, _), *_ = lineage(found, "SELECT left FROM stock WHERE id = 7")
    assert root == "navigation"
    body = sign_in_owner(product).open(f"/traces/{turn['trace']}/").text
    assert load["trace"] in body


def lineage(found: dict[str, Any], description: str) -> list[tuple[str, str]]:
    """Op and service of a span and of those above it, the root first."""
    above: list[tuple[str, str]] = []
    for _, depth, _, _, _, service, op, words, *_ in found["spans"]:
        del above[depth:]
        above.append((found["ops"][op], found["services"][service]))
        if words == description:
            return above
    raise AssertionError(f"no {description} among {found['spans']}")
