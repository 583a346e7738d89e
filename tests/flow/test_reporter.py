"""The reporter in Chromium, inside a foreign page with a strict content security policy."""

from __future__ import annotations

import gzip
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import CHROMIUM, needs_browser
from tests.scripted import wait_until
from vedette.reporter import MOST_PACKED_BYTES, SCRIPT, SOURCE, script

DOCS = (Path(__file__).parents[2] / "docs" / "reporter.md").read_text()
HTML = "text/html; charset=utf-8"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"
PAGE = """<!doctype html><title>host</title>
<script src="/host.js"></script>
<script src="/vedette.js" data-dsn="{dsn}" data-tunnel="/report" data-release="widget@1"
  data-call="call-7" data-rtc></script>"""
IN_ITS_WAY = (
    "<div id=vedette></div>",
    "<script>sessionStorage.setItem('vedette', '[1, null]')</script>",
    "<script>Object.prototype.polluted = () => 1; Array.prototype.more = 1</script>",
    "<script>window.held = fetch; window.fetch = undefined; addEventListener('load', () => {"
    "fetch = held; dispatchEvent(new ErrorEvent('error', {error: Error('later')})); })</script>",
)
HOST = """
window.heard = [];
window.onerror = (...given) => { heard.push("onerror"); };
window.onunhandledrejection = () => { heard.push("rejection"); };
window.fetchBefore = fetch; window.consoleBefore = console.error;
"""


def test_it_is_at_most_one_and_a_half_kilobytes() -> None:
    """As a browser loads it, compressed."""
    assert len(gzip.compress(script(), 9)) <= MOST_PACKED_BYTES


@pytest.mark.skipif(
    not (esbuild := SCRIPT.parents[2] / "tests/sdk/node_modules/.bin/esbuild").exists(),
    reason="esbuild is not installed",
)
def test_what_is_served_is_made_of_its_source() -> None:
    """Nobody has changed one without the other."""
    made = subprocess.run(
        [esbuild, SOURCE, "--minify", "--target=es2022"], capture_output=True, check=True
    )
    assert made.stdout == script()


class Site:
    """A host's site: its page, a copy of the reporter, and the path that forwards reports."""

    def __init__(self, dsn: str, forward: str) -> None:
        self.dsn = dsn
        self.reports: list[bytes] = []
        self.is_away = False
        self.refused = 0
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                bodies = {
                    "/vedette.js": ("text/javascript", script()),
                    "/host.js": ("text/javascript", HOST.encode()),
                    "/": ("text/html", PAGE.format(dsn=dsn).encode()),
                }
                kind, body = bodies.get(self.path.partition("?")[0], ("", b""))
                self.answer(200 if body else 404, kind, body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if site.is_away:
                    self.answer(503)
                    site.refused += 1
                    return
                site.reports.append(body)
                headers = {"User-Agent": self.headers["User-Agent"]}
                try:
                    sent = urllib.request.Request(forward, body, headers)
                    with urllib.request.urlopen(sent) as taken:
                        self.answer(taken.status)
                except urllib.error.HTTPError as refused:
                    self.answer(refused.code)

            def answer(self, status: int, kind: str = "text/plain", body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("Content-Security-Policy", POLICY)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int) -> list[bytes]:
        """The reports, once there are so many."""
        until = time.monotonic() + 25
        while len(self.reports) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.reports) >= count, self.reports
        return self.reports

    def wait_for(self, told: bytes) -> None:
        """A report with these bytes; a page that goes before its report is answered sends again."""
        until = time.monotonic() + 25
        while not any(told in report for report in self.reports):
            assert time.monotonic() < until, self.reports
            time.sleep(0.05)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def forwarding(language: str, target: str, folder: Path) -> Iterator[str]:
    """The snippet of the documentation, run as a server; gives its address."""
    found = re.search(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)
    assert found is not None
    file = folder / f"forward.{'py' if language == 'python' else 'cjs'}"
    file.write_text(found[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = sys.executable if language == "python" else shutil.which("node")
    assert program is not None
    process = subprocess.Popen(
        [program, file],
        env={**os.environ, "ENVELOPES": target, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/report"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def visiting(site: Site) -> Iterator[Any]:
    """The host's page in Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.goto(site.base + "/?secret=1")
        yield page
        browser.close()


@pytest.fixture
def site(
    product: Product, project: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Site]:
    """The host's site before the product, by the documented snippet for Python (or another)."""
    number, key = project["id"], project["dsn"].partition("//")[2].partition("@")[0]
    target = f"{product.base}/api/{number}/envelope/?sentry_key={key}"
    with forwarding(getattr(request, "param", "python"), target, tmp_path) as forward:
        held = Site(project["dsn"], forward)
        yield held
        held.close()


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("site", ["python", "js"], indirect=True)
def test_an_error_in_a_strict_page_becomes_an_issue(
    product: Product, project: dict[str, str], site: Site
) -> None:
    """Through the host's own path, with release, call, browser, frames, and no query."""
    with visiting(site) as page:
        page.evaluate("setTimeout(function payNow() { null.pay() })")
        site.wait(1)
        assert page.evaluate("heard") == ["onerror"]
        assert page.evaluate("fetch === fetchBefore && console.error === consoleBefore")
    issue = product.wait_for_issue(project)
    assert issue["metadata"]["type"] == "TypeError"
    event = product.latest(project, issue)
    tags = {tag["key"]: tag["value"] for tag in event["tags"]}
    assert (tags["release"], tags["call"]) == ("widget@1", "call-7")
    assert len(tags["session"]) == 32
    assert "Chrom" in event["contexts"]["browser"]["name"]
    assert b"secret" not in site.reports[0]


@needs_browser
@pytest.mark.browser
def test_rejections_and_resources_are_reported_and_the_page_hears_its_own(site: Site) -> None:
    """Each once, whatever is thrown; handlers of the page are called as before."""
    with visiting(site) as page:
        page.evaluate("void Promise.reject(new RangeError('too far'))")
        page.evaluate("document.body.append(Object.assign(new Image(), {src: '/gone.png?a=1'}))")
        page.evaluate("setTimeout(() => { throw 'a text' })")
        page.evaluate("setTimeout(() => { throw null })")
        reports = b"\n".join(site.wait(4))
        heard = page.evaluate("heard")
    assert b'"type":"RangeError"' in reports
    assert b'"ResourceError"' in reports
    assert b"/gone.png" in reports
    assert b"a=1" not in reports
    assert heard.count("onerror") == 2
    assert heard.count("rejection") == 1


@needs_browser
@pytest.mark.browser
def test_a_thousand_errors_are_ten_reports(site: Site) -> None:
    """Different ones are limited, equal ones are one, and the page goes on."""
    with visiting(site) as page:
        page.evaluate("for (let i = 0; i < 500; i++) setTimeout(() => { throw Error('same') })")
        page.evaluate("for (let i = 0; i < 500; i++) setTimeout(() => { throw Error('no ' + i) })")
        site.wait(10)
        wait_until(page, "heard.length >= 1000")
        page.wait_for_timeout(500)
        assert len(site.reports) == 10


@needs_browser
@pytest.mark.browser
def test_what_happens_while_the_server_is_away_is_sent_when_it_is_back(site: Site) -> None:
    """Kept over a reload of the page, and sent once."""
    with visiting(site) as page:
        site.is_away = True
        page.evaluate("setTimeout(() => { throw Error('while away') })")
        wait_until(page, "sessionStorage.getItem('vedette').includes('while away')")
        while not site.refused:
            page.wait_for_timeout(20)
        assert site.reports == []
        site.is_away = False
        page.reload()
        site.wait(1)
        wait_until(page, "!sessionStorage.getItem('vedette').includes('while away')")
        assert len(site.reports) == 1


@needs_browser
@pytest.mark.browser
def test_where_nothing_can_be_sent_it_tries_ever_more_rarely(site: Site) -> None:
    """A policy that forbids it makes each try a line in the console: a dozen within half an hour,
    however many errors wait; and all of them are sent when it may."""
    with visiting(site) as page:
        page.clock.install()
        page.reload()
        page.evaluate(
            "window.tries = 0; window.allowed = fetch;"
            "window.fetch = () => { tries++; return Promise.reject(TypeError('refused')); }; 0"
        )
        for number in range(5):
            page.evaluate(f"vedette.capture(Error('refused {number}'))")
        for _ in range(120):
            page.clock.run_for(15_000)
        assert 5 < page.evaluate("tries") <= 12
        page.evaluate("window.fetch = allowed; 0")
        page.clock.run_for(240_000)
        until = time.monotonic() + 25
        while len(site.reports) < 5 and time.monotonic() < until:
            page.clock.run_for(10)  # each is sent after the answer to the one before
    assert len(site.reports) == 5
    assert all(b"refused" in one for one in site.reports)


@needs_browser
@pytest.mark.browser
def test_a_peer_connection_that_fails_is_reported_with_its_call(site: Site) -> None:
    """State, ICE and the types of candidates, once for each connection."""
    with visiting(site) as page:
        page.evaluate(
            """async () => {
              const a = new RTCPeerConnection(), b = new RTCPeerConnection();
              if (!(a instanceof RTCPeerConnection)) throw Error("not itself any more");
              a.createDataChannel("x");
              await a.setLocalDescription(await a.createOffer());
              await new Promise((done) => {
                a.onicecandidate = (event) => event.candidate || done();
              });
              await b.setRemoteDescription(a.localDescription);
              await b.setLocalDescription(await b.createAnswer());
              const sdp = b.localDescription.sdp
                .replace(/a=fingerprint:sha-256 ../, "a=fingerprint:sha-256 00");
              await a.setRemoteDescription({ type: "answer", sdp });
              b.onicecandidate = (event) => event.candidate && a.addIceCandidate(event.candidate);
            }"""
        )
        report = site.wait(1)[0]
    assert b'"type":"RTCPeerConnection"' in report
    assert b'"call":"call-7"' in report
    assert b'"rtc.state":"failed"' in report
    assert b"typ host" in report


@needs_browser
@pytest.mark.browser
def test_of_a_page_with_its_own_script_only_the_origin_is_told(site: Site) -> None:
    """Stacks name the page for scripts that stand in it; pictures in data tell what they hold."""
    head = PAGE.format(dsn=site.dsn)
    page_text = head + "<img src='data:image/png;base64,c2VjcmV0'><script>null.pay()</script>"
    with visiting(site) as page:
        page.route("**/patients/**", lambda route: route.fulfill(body=page_text, content_type=HTML))
        page.goto(f"{site.base}/patients/4711?token=secret")
        reports = b"\n".join(site.wait(2))
    assert b'"lineno"' in reports
    assert b"IMG data:image/png;base64" in reports
    for told in (b"patients", b"4711", b"secret", b"c2VjcmV0"):
        assert told not in reports


@needs_browser
@pytest.mark.browser
def test_a_long_error_costs_neither_time_nor_those_behind_it(site: Site) -> None:
    """More than a browser sends as a page goes would otherwise stand before all others for ever."""
    with visiting(site) as page:
        took = page.evaluate(
            "() => { const error = Error('@'.repeat(60000)), began = performance.now();"
            "vedette.capture(error); vedette.capture(Error('behind it'));"
            "return performance.now() - began; }"
        )
        reports = site.wait(2)
    assert took < 500
    assert max(map(len, reports)) < 16_000
    assert b"behind it" in reports[1]


@needs_browser
@pytest.mark.browser
def test_it_reports_in_pages_that_are_in_its_way(site: Site) -> None:
    """An element of its name, a store of somebody else, polluted prototypes, no `fetch` yet."""
    own = PAGE.format(dsn=site.dsn) + "<script>throw Error('no ' + location.hash)</script>"
    texts = [before + own for before in IN_ITS_WAY]

    def answer(route: Any) -> None:
        route.fulfill(body=texts.pop(0), content_type=HTML)

    with visiting(site) as page:
        page.route("**/odd?*", answer)
        for count in range(1, len(texts) + 1):
            page.goto(f"{site.base}/odd?{count}#{count}")
            site.wait_for(b"no #%d" % count)


def test_the_product_serves_it_to_every_page(product: Product) -> None:
    """Compressed, cacheable, for any origin."""
    request = urllib.request.Request(
        f"{product.base}/vedette.js", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:
        assert gzip.decompress(answer.read()) == script()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "public" in answer.headers["Cache-Control"]
        known = answer.headers["ETag"]
    again = urllib.request.Request(f"{product.base}/vedette.js", headers={"If-None-Match": known})
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        urllib.request.urlopen(again)
    assert unchanged.value.code == 304
